using Serverless.Contacts;

namespace Serverless.Campaigns;

/// <summary>What a campaign learns of its recipients' numbers.</summary>
internal static class CampaignOutcomes
{
    /// <summary>What events would settle, and so say of the numbers.</summary>
    /// <param name="shard">Whose recipients.</param>
    /// <param name="people">Their numbers.</param>
    /// <param name="policy">How what bounced is sent again.</param>
    /// <param name="state">Where they stand before the events.</param>
    /// <param name="events">What happened.</param>
    /// <param name="now">When it is recorded.</param>
    public static List<(PhoneNumber To, NumberOutcome Outcome)> Of(
        ShardId shard, ShardNumbers people, CampaignPolicy policy, ShardState state, IEnumerable<RecipientEvent> events, DateTimeOffset now)
    {
        var outcomes = new List<(PhoneNumber To, NumberOutcome Outcome)>();
        foreach (var happened in events)
        {
            var before = state[happened.Index];
            if (before.Attempts == 0 || before.Phase is RecipientPhase.Delivered) continue; // who was never sent to says nothing, and a delivery is the last word
            var after = state.Foresee(happened, now, policy, shard);
            if (after == before) continue;
            // A number is in a campaign once, so the campaign tells its text from others.
            var outcome = NumberOutcome.Of(shard.Campaign.Value, after.Status, after.ShownReason, happened.Finding?.At ?? now);
            if (outcome is not null) outcomes.Add((people[happened.Index], outcome));
        }
        return outcomes;
    }
}
