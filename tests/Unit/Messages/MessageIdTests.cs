using FsCheck;
using FsCheck.Fluent;
using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Messages;

public sealed class MessageIdTests
{
    private static readonly PhoneNumber s_person = PhoneNumber.Parse("+12065550100");
    private static readonly DateTimeOffset s_time = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero).AddMilliseconds(123);

    // Written down once, so that a change shows: ids are kept by callers, and name rows.
    [Fact]
    public void An_id_begins_with_a_hash_of_the_number_and_the_time_counted_backwards()
    {
        var id = MessageId.New(s_person, s_time);
        Assert.Equal("mjt1k3kua87n31mu", id.Conversation);
        Assert.StartsWith("74rci5ig84", id.Entry, StringComparison.Ordinal);
        Assert.Equal(id.Conversation + id.Entry, id.Value);
        Assert.Equal(MessageId.EntryLength, id.Entry.Length);
    }

    [Fact]
    public void An_id_is_read_back_as_it_was_written() => ForAll(Times, time =>
    {
        var id = MessageId.New(s_person, time);
        Assert.True(MessageId.TryParse(id.Value, out var parsed));
        Assert.Equal(id, parsed);
        Assert.Equal(id, MessageId.Parse(id.ToString()));
        Assert.Equal(id, MessageId.Of(id.Conversation, id.Entry));
    });

    [Fact]
    public void An_id_knows_its_time_to_the_millisecond() => ForAll(Times, time =>
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()), MessageId.New(s_person, time).CreatedAt));

    [Fact]
    public void Ids_of_a_conversation_sort_newest_first() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Times, Times, (one, other) =>
    {
        var expected = other.ToUnixTimeMilliseconds().CompareTo(one.ToUnixTimeMilliseconds());
        if (expected == 0) return;
        Assert.Equal(expected, Math.Sign(string.CompareOrdinal(MessageId.New(s_person, one).Value, MessageId.New(s_person, other).Value)));
    }));

    [Fact]
    public void A_millisecond_makes_a_difference() =>
        Assert.True(string.CompareOrdinal(MessageId.New(s_person, s_time.AddMilliseconds(1)).Entry, MessageId.New(s_person, s_time).Entry) < 0);

    [Fact]
    public void Ids_of_one_moment_differ() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => MessageId.New(s_person, s_time)).Distinct().Count());

    [Fact]
    public void An_id_is_safe_in_a_URL_and_in_a_key_and_says_nothing_of_the_number()
    {
        var id = MessageId.New(s_person, s_time);
        Assert.Matches(@"^[0-9a-v]{42}\z", id.Value);
        Assert.DoesNotContain("5550100", id.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void All_texts_with_one_person_share_a_conversation_and_no_others()
    {
        Assert.Equal(MessageId.ConversationWith(s_person), MessageId.New(s_person, s_time.AddYears(5)).Conversation);
        Assert.NotEqual(MessageId.ConversationWith(s_person), MessageId.ConversationWith(PhoneNumber.Parse("+12065550101")));
    }

    [Fact]
    public void The_entries_of_a_millisecond_lie_behind_its_prefix_and_those_of_others_do_not() => ForAll(Times, time =>
    {
        var prefix = MessageId.EntryPrefix(time);
        Assert.StartsWith(prefix, MessageId.New(s_person, time).Entry, StringComparison.Ordinal);
        if (time > DateTimeOffset.MinValue.AddMilliseconds(1)) Assert.True(string.CompareOrdinal(prefix, MessageId.EntryPrefix(time.AddMilliseconds(-1))) < 0);
    });

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00-05:00")]
    [InlineData("9999-12-31T23:59:59.999Z")]
    public void The_ends_of_the_calendar_are_times_too(string text)
    {
        var time = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(time, MessageId.New(s_person, time).CreatedAt);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not an id")]
    [InlineData("0123456789abcdef0123456789abcdef012345678")] // a character short
    [InlineData("0123456789abcdef0123456789abcdef0123456789a")] // one too many
    [InlineData("0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("0123456789abcdefw123456789abcdef0123456789")]
    [InlineData("0123456789abcde-0123456789abcdef0123456789")]
    [InlineData("0123456789abcdef/123456789abcdef0123456789")]
    [InlineData("0123456789abcde٣0123456789abcdef0123456789")]
    [InlineData(" 123456789abcdef0123456789abcdef0123456789")]
    [InlineData("vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv")] // before the calendar begins
    public void What_was_never_an_id_is_refused(string? text)
    {
        Assert.False(MessageId.TryParse(text, out var id));
        Assert.Null(id);
        if (text is not null) Assert.Throws<FormatException>(() => MessageId.Parse(text));
    }

    [Fact]
    public void Whatever_is_read_as_an_id_has_a_time() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Gen.Elements("0123456789abcdefghijklmnopqrstuv".AsEnumerable()).ListOf(42).ToArbitrary(), characters =>
        {
            if (MessageId.TryParse(string.Concat(characters), out var id)) Assert.StartsWith(MessageId.EntryPrefix(id.CreatedAt), id.Entry, StringComparison.Ordinal);
        }));

    private static Arbitrary<DateTimeOffset> Times =>
        Gen.OneOf(
            Gen.Choose(0, 1000).Select(milliseconds => s_time.AddMicroseconds(milliseconds * 250)),
            Gen.Choose(-2000, 2000).Select(years => s_time.AddDays(years * 300.3)),
            Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue)).ToArbitrary();

    private static void ForAll(Arbitrary<DateTimeOffset> times, Action<DateTimeOffset> body) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(times, body));
}
