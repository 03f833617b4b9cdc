namespace Serverless.Campaigns;

/// <summary>Wakes whoever runs campaigns: the port to orchestrations, which this part of the app does not know.</summary>
public interface ICampaignWaker
{
    /// <summary>Lets a campaign look at once at what it needs. Safe to repeat; one that needs nothing goes on sleeping.</summary>
    Task WakeAsync(CampaignId id, CancellationToken cancellationToken);
}
