using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Tests.Integration.Storage;

public sealed class MessageTableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 0, 123, TimeSpan.Zero);
    private static readonly PhoneNumber s_person = PhoneNumber.Parse("+16045550100");

    [Fact]
    public async Task A_text_comes_back_as_it_was_stored()
    {
        await using var tables = new AppTables(azurite);
        var state = MessageLifecycle.Accept("seed", s_now, s_now.AddHours(1), s_now.AddHours(2));
        foreach (var happened in new MessageEvent[]
        {
            new MessageEvent.Claimed(1, s_now.AddHours(1)),
            new MessageEvent.Found(1, new AttemptFinding(AttemptOutcome.SoftBounce, FailureReason.TemporaryError, false, "5001", "5001: ‘later’", s_now.AddHours(1)), "carrier-1"),
        }) state = MessageLifecycle.Apply(state, happened, ResendPolicy.SingleTexts);
        var message = Text(state) with { Reference = "r/1", ContactId = "c 1" };

        await tables.Get<MessageTable>().TryAddAsync(message, default);

        var found = (await tables.Get<MessageTable>().FindAsync(message.Id, default))!.Value;
        Assert.Equal(MessageStatus.Retrying, found.State.Status);
        Assert.Equal(message.State.Attempts.AsEnumerable(), found.State.Attempts.AsEnumerable());
        Assert.Equal(message with { State = found.State }, found);
        Assert.Equal(message.State with { Attempts = found.State.Attempts }, found.State);
    }

    [Fact]
    public async Task Only_the_first_text_of_an_id_is_added()
    {
        await using var tables = new AppTables(azurite);
        var message = Text(MessageLifecycle.Accept("seed", s_now));

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => tables.Get<MessageTable>().TryAddAsync(message, default)));

        Assert.Single(added, stored => stored is not null);
    }

    [Fact]
    public async Task Of_writers_that_read_the_same_version_one_wins()
    {
        await using var tables = new AppTables(azurite);
        var table = tables.Get<MessageTable>();
        var stored = (await table.TryAddAsync(Text(MessageLifecycle.Accept("seed", s_now)), default))!;
        var claimed = MessageLifecycle.Apply(stored.Value.State, new MessageEvent.Claimed(1, s_now), ResendPolicy.SingleTexts);

        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => table.TryUpdateAsync(stored, claimed, s_now, default)));

        var winner = Assert.Single(written, result => result is not null)!;
        Assert.NotNull(await table.TryUpdateAsync(winner, claimed with { Archived = true }, s_now, default));
    }

    [Fact]
    public async Task A_value_that_was_set_and_is_no_more_is_gone_from_the_row()
    {
        await using var tables = new AppTables(azurite);
        var table = tables.Get<MessageTable>();
        var waiting = MessageLifecycle.Apply(MessageLifecycle.Accept("seed", s_now), new MessageEvent.Postponed(s_now.AddMinutes(1), FailureReason.RateLimited), ResendPolicy.SingleTexts);
        var stored = (await table.TryAddAsync(Text(waiting), default))!;

        await table.TryUpdateAsync(stored, MessageLifecycle.Apply(waiting, new MessageEvent.Withdrawn(s_now), ResendPolicy.SingleTexts), s_now, default);

        var found = (await table.FindAsync(stored.Value.Id, default))!.Value.State;
        Assert.Equal((MessageStatus.Cancelled, null, null), (found.Status, found.Reason, found.NextAttemptAt));
    }

    [Fact]
    public async Task A_conversation_and_the_log_are_read_newest_first_within_their_bounds()
    {
        await using var tables = new AppTables(azurite);
        var (table, log) = (tables.Get<MessageTable>(), tables.Get<MessageLogTable>());
        // Over midnight, so that the log spans two of its partitions.
        var times = Enumerable.Range(0, 6).Select(i => new DateTimeOffset(2026, 12, 1, 23, 0, 0, TimeSpan.Zero).AddMinutes(20 * i)).ToList();
        var ids = times.Select(at => MessageId.New(s_person, at)).ToList();
        foreach (var id in ids)
        {
            await table.TryAddAsync(Text(MessageLifecycle.Accept(id.Value, id.CreatedAt)) with { Id = id }, default);
            await log.AddAsync(id, default);
        }
        ids.Reverse();

        Assert.Equal(ids, await Ids(null, null, null));
        Assert.Equal(ids[2..], await Ids(ids[1], null, null));
        Assert.Equal(ids[2..5], await Ids(null, times[4], times[1]));
        Assert.Equal(ids[3..5], await Ids(ids[2], times[4], times[1]));
        foreach (var (after, until, since) in new (MessageId?, DateTimeOffset?, DateTimeOffset?)[] { (null, null, null), (ids[1], null, null), (null, times[4], times[1]), (ids[2], times[4], times[1]) })
        {
            Assert.Equal(await Ids(after, until, since), await log.NewestFirstAsync(after, until, since, 2, default).ToListAsync());
        }

        ValueTask<List<MessageId>> Ids(MessageId? after, DateTimeOffset? until, DateTimeOffset? since) =>
            table.OfConversationAsync(MessageId.ConversationWith(s_person), after?.Entry, until, since, 2, default).Select(message => message.Id).ToListAsync();
    }

    private static Message Text(MessageState state)
    {
        var id = MessageId.New(s_person, s_now);
        return new Message
        {
            Id = id,
            Direction = MessageDirection.Outgoing,
            From = PhoneNumber.Parse("+18335550100"),
            To = s_person,
            Text = "Words, “quoted”, and an emoji 🙂",
            State = state with { Id = id.Value },
            UpdatedAt = s_now,
        };
    }
}
