using FsCheck;
using FsCheck.Fluent;
using Serverless.Local.Tables;

namespace Serverless.Tests.Unit.Sdk.Tables;

public sealed class QueryFilterTests
{
    public static TheoryData<object?, string> Literals => new()
    {
        { "it's", "'it''s'" },
        { "", "''" },
        { '\'', "''''" },
        { true, "true" },
        { false, "false" },
        { 42, "42" },
        { -42L, "-42L" },
        { 1.5, "1.5" },
        { 2.5m, "2.5" },
        { (byte)7, "7" },
        { new Guid("12345678-1234-1234-1234-1234567890ab"), "guid'12345678-1234-1234-1234-1234567890ab'" },
        { new DateTimeOffset(2026, 11, 22, 3, 4, 5, TimeSpan.FromHours(2)), "datetime'2026-11-22T01:04:05.0000000Z'" },
        { new DateTime(2026, 11, 22, 1, 4, 5, DateTimeKind.Utc), "datetime'2026-11-22T01:04:05.0000000Z'" },
        { new byte[] { 0, 171, 16 }, "X'00AB10'" },
        { BinaryData.FromBytes(new byte[] { 255 }), "X'FF'" },
        { null, "null" },
    };

    [Theory]
    [MemberData(nameof(Literals))]
    public void A_value_becomes_a_literal_of_its_type(object? value, string literal) =>
        Assert.Equal($"Column eq {literal}", TableClient.CreateQueryFilter($"Column eq {value}"));

    [Fact]
    public void No_text_ends_its_literal_early() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var literal = TableClient.CreateQueryFilter($"{text.Get}");
            return literal[0] == '\'' && literal[^1] == '\'' && literal[1..^1].Replace("''", "\0").Contains('\'') is false
                && literal[1..^1].Replace("''", "'") == text.Get;
        }));

    [Fact]
    public void What_the_service_cannot_compare_is_refused() =>
        Assert.Throws<ArgumentException>(() => TableServiceClient.CreateQueryFilter($"Column eq {TimeSpan.Zero}"));
}
