using FsCheck;
using FsCheck.Fluent;
using Serverless.Delivery;

namespace Serverless.Tests.Unit.Delivery;

public sealed class RepeatabilityIdTests
{
    // Made by another implementation of name-based UUIDs. A change would text people twice who were being texted during an update.
    [Theory]
    [InlineData("text", 1, "66130cb1-fc00-551f-9a51-f46d316875ce")]
    [InlineData("text", 2, "29c53ae9-1646-52b1-8ff0-0d8cfc439b6a")]
    [InlineData("other", 1, "b38fe6ad-8b98-5e50-9701-6356edbcab7d")]
    public void An_attempt_has_the_same_id_in_every_process_and_version(string text, int attempt, string expected) =>
        Assert.Equal(Guid.Parse(expected), RepeatabilityId.Of(text, attempt));

    [Fact]
    public void It_is_a_UUID_of_version_5() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<PositiveInt>(), (text, attempt) =>
        {
            var id = RepeatabilityId.Of(text.Get, attempt.Get);
            return id.Version == 5 && (id.Variant & 0b1100) == 0b1000;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Each_attempt_of_each_text_has_an_id_of_its_own()
    {
        var ids = from text in Enumerable.Range(1, 100) from attempt in Enumerable.Range(1, 100) select RepeatabilityId.Of($"text-{text}", attempt);
        Assert.Equal(10_000, ids.Distinct().Count());
        Assert.NotEqual(RepeatabilityId.Of("text/1", 1), RepeatabilityId.Of("text", 11));
    }
}
