using FsCheck;
using FsCheck.Fluent;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Messages;
using ThreadState = Serverless.Conversations.ThreadState;

namespace Serverless.Tests.Unit.Conversations;

public sealed class ThreadStateTests
{
    private static readonly DateTimeOffset s_start = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);
    private static readonly PhoneNumber[] s_numbers = [PhoneNumber.Parse("+16045550100"), PhoneNumber.Parse("+14165550101")];

    [Fact]
    public void Whatever_the_order_and_the_repeats_the_thread_is_the_same() =>
        Prop.ForAll(Shuffled(AnyEvents()).ToArbitrary(), pair => Describe(pair.Events) == Describe(pair.Shuffled)).QuickCheckThrowOnFailure();

    [Fact]
    public void An_event_that_was_applied_changes_nothing_when_it_comes_again() => Prop.ForAll(AnyEvents().ToArbitrary(), events =>
    {
        var state = events.Aggregate(ThreadState.Empty, (thread, happened) => thread.Apply(happened));
        return events.All(happened => ReferenceEquals(state, state.Apply(happened)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_unread_are_the_texts_that_raise_it_less_those_that_were_read() => Prop.ForAll(AnyEvents().ToArbitrary(), events =>
    {
        var state = events.Aggregate(ThreadState.Empty, (thread, happened) => thread.Apply(happened));
        var raised = events.OfType<ThreadEvent.Received>().DistinctBy(text => text.Id).Count(text => text.RaisesUnread);
        var read = events.OfType<ThreadEvent.Read>().Select(look => look.UpTo).DefaultIfEmpty().Max();
        return state.Unread == Math.Max(0, raised - read);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_newest_text_is_shown_whichever_came_first()
    {
        var state = ThreadState.Empty.Apply(new ThreadEvent.Received(Id(2), "newer", true)).Apply(new ThreadEvent.Sent(Id(1), "older"));

        Assert.Equal((Id(2), "newer", true, Id(1)), (state.Last!, state.Preview, state.LastIsIncoming, state.LastSent!));
    }

    [Fact]
    public void A_text_that_comes_while_somebody_reads_stays_unread()
    {
        var looked = ThreadState.Empty.Apply(new ThreadEvent.Received(Id(1), "one", true));

        var state = looked.Apply(new ThreadEvent.Received(Id(2), "two", true)).Apply(new ThreadEvent.Read(looked.Raised));

        Assert.Equal(1, state.Unread);
    }

    [Fact]
    public void Reading_twice_is_reading_once()
    {
        var state = ThreadState.Empty.Apply(new ThreadEvent.Received(Id(1), "one", true)).Apply(new ThreadEvent.Read(1));

        Assert.Same(state, state.Apply(new ThreadEvent.Read(1)));
        Assert.Equal(0, state.Unread);
    }

    [Fact]
    public void Only_so_many_texts_are_remembered_and_an_older_one_counts_as_one_of_those_before()
    {
        var state = Enumerable.Range(1, ThreadState.Remembered + 1).Aggregate(ThreadState.Empty, (thread, minute) => thread.Apply(new ThreadEvent.Received(Id(minute), "", true)));

        Assert.Equal((ThreadState.Remembered, ThreadState.Remembered + 1), (state.Seen.Count, state.Unread));
        Assert.Same(state, state.Apply(new ThreadEvent.Received(Id(1), "", true)));
        Assert.Equal(state.Unread + 1, state.Apply(new ThreadEvent.Received(Id(500), "", true)).Unread);
    }

    private static Gen<List<ThreadEvent>> AnyEvents() => Gen.ListOf(AnyEvent()).Select(events => events.ToList());

    // What a text says follows from its id, as it does of real ones.
    private static Gen<ThreadEvent> AnyEvent() => Gen.OneOf(
        Gen.Choose(0, 30).Select(minute => (ThreadEvent)new ThreadEvent.Sent(Id(minute * 2), $"Out {minute}")),
        Gen.Choose(0, 30).Select(minute => (ThreadEvent)new ThreadEvent.Received(Id(minute * 2 + 1), $"In {minute}", minute % 3 > 0)),
        Gen.Choose(0, 10).Select(count => (ThreadEvent)new ThreadEvent.Read(count)));

    private static Gen<(List<ThreadEvent> Events, List<ThreadEvent> Shuffled)> Shuffled(Gen<List<ThreadEvent>> events) =>
        from original in events
        from repeats in Gen.Choose(0, original.Count)
        from shuffled in Gen.Shuffle(original.Concat(original.Take(repeats)).ToArray())
        select (original, shuffled.ToList());

    private static string Describe(IEnumerable<ThreadEvent> events)
    {
        var state = events.Aggregate(ThreadState.Empty, (thread, happened) => thread.Apply(happened));
        return $"{state.Last} {state.Preview} {state.LastIsIncoming} {state.LastSent} {state.Raised} {state.ReadUpTo} {string.Join(',', state.Seen)}";
    }

    private static MessageId Id(int minute) => MessageId.Of(s_numbers[minute % 2], s_start.AddMinutes(minute), $"{minute}");
}
