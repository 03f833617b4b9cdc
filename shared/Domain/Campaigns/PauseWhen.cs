namespace Serverless.Campaigns;

/// <summary>When a campaign that goes wrong is paused by itself.</summary>
/// <param name="Settled">Of how many recipients the outcome has to be known first; at least 1.</param>
/// <param name="FailedShare">The share of these that must have failed; more than 0, at most 1.</param>
public sealed record PauseWhen(int Settled, double FailedShare)
{
    /// <summary>Whether so many have failed since the campaign was last resumed.</summary>
    public bool IsReached(BreakerBase since, StatusCounts counts)
    {
        var settled = counts.Settled - since.Settled;
        return settled >= Settled && counts.Failed - since.Failed >= FailedShare * settled;
    }

    /// <summary>
    /// How many more attempts may begin: no more are in flight than have come to an end, so that a campaign that goes wrong is found out
    /// before all of it is sent, and one that goes well soon goes fast.
    /// </summary>
    public int Allowance(BreakerBase since, StatusCounts counts) => Math.Max(Math.Max(Settled, counts.Settled - since.Settled) - counts.InFlight, 0);
}
