using Serverless.Contacts;
using Serverless.Idempotency;
using Serverless.Messages;

namespace Serverless.Tests.Integration.Storage;

/// <summary>Rows that several processes write at once.</summary>
public sealed class SharedTablesTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);
    private static readonly PhoneNumber s_sender = PhoneNumber.Parse("+18335550100");

    [Fact]
    public async Task Two_processes_together_never_reserve_more_than_the_limit()
    {
        await using var one = new AppTables(azurite);
        await using var other = new AppTables(azurite, one.Prefix);
        var windows = new[] { one.Get<SendWindowTable>(), other.Get<SendWindowTable>() };

        var granted = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => windows[i % 2].ReserveAsync(s_sender, 20, 200, 0, s_now, default)));

        Assert.Equal(200, granted.Sum(reservation => reservation.Granted));
        var (none, moreAt) = await windows[0].ReserveAsync(s_sender, 1, 200, 0, s_now, default);
        Assert.Equal(0, none);
        Assert.Equal(1, (await windows[1].ReserveAsync(s_sender, 1, 200, 0, moreAt, default)).Granted);
    }

    [Fact]
    public async Task A_number_that_opts_out_twice_is_out_since_the_first_time_and_keeps_its_line_type()
    {
        await using var tables = new AppTables(azurite);
        var (numbers, person) = (tables.Get<NumberTable>(), PhoneNumber.Parse("+16045550100"));
        await numbers.SetLineTypeAsync(person, LineType.Mobile, default);
        var first = new OptOutEntry(true, s_now, OptOutSource.Carrier, "4007", s_sender, "Outgoing_1");

        await numbers.ChangeAsync(person, facts => facts.With(first), default);
        await numbers.ChangeAsync(person, facts => facts.With(new OptOutEntry(true, s_now.AddDays(1), OptOutSource.Keyword, "STOP", s_sender, "Incoming_1")), default);

        var facts = await numbers.FindAsync(person, default);
        Assert.Equal((LineType.Mobile, first), (facts.LineType, facts.OptOut));
        await numbers.SetLineTypeAsync(person, null, default);
        Assert.Null((await numbers.FindAsync(person, default)).LineType);
        Assert.Equal(NumberFacts.Unknown(s_sender), await numbers.FindAsync(s_sender, default));
    }

    [Fact]
    public async Task Of_requests_under_one_key_one_claims_it_and_all_learn_its_id()
    {
        await using var tables = new AppTables(azurite);
        var keys = tables.Get<IdempotencyTable>();

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => keys.ClaimAsync("key/with # odd ? characters", "fingerprint", $"id-{i}", default)));

        var winner = Assert.Single(claims, claim => claim.Claimed).Request.ResourceId;
        Assert.All(claims, claim => Assert.Equal(winner, claim.Request.ResourceId));
        await keys.AnswerAsync("key/with # odd ? characters", "answer", default);
        Assert.Equal(new IdempotentRequest("fingerprint", winner, "answer"), await keys.FindAsync("key/with # odd ? characters", default));
        Assert.Null(await keys.FindAsync("another", default));
    }
}
