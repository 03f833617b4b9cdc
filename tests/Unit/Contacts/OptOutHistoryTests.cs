using FsCheck;
using FsCheck.Fluent;
using Serverless.Contacts;

namespace Serverless.Tests.Unit.Contacts;

/// <summary>How somebody opted out and in, learned in any order.</summary>
public sealed class OptOutHistoryTests
{
    private static readonly DateTimeOffset s_start = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);
    private static readonly PhoneNumber s_sender = PhoneNumber.Parse("+18335550100");

    /// <summary>Few times and ids, so that they meet; under one id always the same is said, as a carrier's events do.</summary>
    private static readonly Gen<OptOutEntry> s_heard = Gen.Choose(0, 9).Select(i => Said(i % 3 != 0, minute: i / 2, id: $"text-{i}"));

    private static readonly Gen<OptOutEntry> s_byPerson = Gen.Choose(0, 5).SelectMany(minute => Gen.Elements(true, false).Select(optedOut => Said(optedOut, minute)));

    [Fact]
    public void A_number_of_which_nobody_said_anything_may_be_texted() => Assert.Null(OptOutHistory.None.Current);

    [Fact]
    public void What_was_said_last_holds_since_it_was_first_said()
    {
        var (stop, refused, start, again) = (Said(true, 1, "a"), Said(true, 2, "b"), Said(false, 3, "c"), Said(true, 4, "d"));

        Assert.Equal(stop, Of(stop, refused).Current);
        Assert.Null(Of(stop, refused, start).Current);
        Assert.Equal(again, Of(stop, refused, start, again).Current);
        Assert.Equal([again, start, refused, stop], Of(stop, refused, start, again).Entries);
    }

    [Fact]
    public void A_late_event_does_not_undo_what_was_said_after_it()
    {
        Assert.Null(Of(Said(false, 3, "start"), Said(true, 1, "stop")).Current);
        Assert.NotNull(Of(Said(true, 3), Said(false, 1, "start")).Current);
    }

    [Fact]
    public void Who_says_both_at_once_is_out() => Assert.NotNull(Of(Said(false, 1, "a"), Said(true, 1, "b")).Current);

    [Fact]
    public void The_order_in_which_events_come_does_not_matter() =>
        Prop.ForAll(Shuffled(s_heard), each => Of(each.Entries).Entries.SequenceEqual(Of(each.Shuffled).Entries)).QuickCheckThrowOnFailure();

    [Fact]
    public void Whether_one_may_be_texted_does_not_depend_on_the_order_whoever_said_what() =>
        Prop.ForAll(Shuffled(Gen.OneOf(s_heard, s_byPerson)), each =>
            Of(each.Entries).Current is null == Of(each.Shuffled).Current is null
            && Of(each.Entries).Current is null == !each.Entries.OrderBy(entry => entry.At).ThenBy(entry => entry.OptedOut).Select(entry => entry.OptedOut).LastOrDefault())
        .QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_heard_before_changes_nothing() =>
        Prop.ForAll(Gen.OneOf(s_heard, s_byPerson).ListOf().ToArbitrary(), entries =>
            Of(entries) is var history && history.Entries.All(entry => ReferenceEquals(history.With(entry), history)))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void A_history_is_stored_and_read_as_it_is() =>
        Prop.ForAll(Gen.OneOf(s_heard, s_byPerson).ListOf().ToArbitrary(), entries =>
            Of(entries) is var history && OptOutHistory.Of(history.Entries).Entries.SequenceEqual(history.Entries))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Of_what_a_person_says_over_and_over_the_first_and_the_last_are_kept()
    {
        var history = Of([.. Enumerable.Range(0, 50).Select(i => Said(true, i))]);

        Assert.Equal([Said(true, 49), Said(true, 0)], history.Entries);
        Assert.Equal(Said(true, 0), history.Current);
    }

    [Fact]
    public void At_most_a_hundred_are_kept_and_among_them_since_when_it_holds()
    {
        var since = Said(true, 0, "first");
        var history = Of([Said(false, -1, "before"), since, .. Enumerable.Range(1, 200).Select(i => Said(true, i, $"refused-{i}"))]);

        Assert.Equal(OptOutHistory.Capacity, history.Entries.Count);
        Assert.Equal(since, history.Current);
        Assert.Equal(Said(true, 200, "refused-200"), history.Entries[0]);
    }

    [Fact]
    public void The_same_text_under_two_times_counts_once_from_the_earlier_one()
    {
        var (first, second) = (Said(true, 1, "refused"), Said(true, 2, "refused"));

        Assert.Equal([first], Of(first, second).Entries);
        Assert.Equal([first], Of(second, first).Entries);
    }

    private static OptOutHistory Of(params IEnumerable<OptOutEntry> entries) => OptOutHistory.Of(entries);

    private static OptOutEntry Said(bool optedOut, int minute, string? id = null) =>
        new(optedOut, s_start.AddMinutes(minute), id is null ? OptOutSource.Person : OptOutSource.Keyword, optedOut ? "STOP" : "START", s_sender, id);

    /// <summary>Entries, and the same in another order with some of them twice.</summary>
    private static Arbitrary<(IReadOnlyList<OptOutEntry> Entries, IReadOnlyList<OptOutEntry> Shuffled)> Shuffled(Gen<OptOutEntry> entry) => (
        from entries in entry.ListOf()
        from repeats in entries.Count == 0 ? Gen.Constant(new List<OptOutEntry>()) : Gen.Elements(entries.ToArray()).ListOf()
        from shuffled in Gen.Shuffle(entries.Concat(repeats).ToArray())
        select ((IReadOnlyList<OptOutEntry>)entries, (IReadOnlyList<OptOutEntry>)shuffled)).ToArbitrary();
}
