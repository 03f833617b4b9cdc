using Microsoft.Extensions.Options;
using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Storage;

namespace Serverless.Messages;

/// <summary>
/// Keeps all processes together within the sender's limit. Campaigns leave <see cref="CampaignOptions.ShareForSingles"/> of it free, so
/// that single texts find room however big a campaign is; single texts may use all of it. Callers that wait for each other share a
/// reservation.
/// </summary>
public sealed class RateLimiter
{
    private const int MostAtOnce = 1000;

    private readonly SendWindowTable _windows;
    private readonly IOptions<SmsOptions> _options;
    private readonly TimeProvider _time;
    private readonly int _leftByCampaigns;
    private readonly GroupCommit<Request> _requests;

    /// <summary>Made once per process.</summary>
    public RateLimiter(SendWindowTable windows, IOptions<SmsOptions> options, IOptions<CampaignOptions> campaigns, TimeProvider time)
    {
        (_windows, _options, _time) = (windows, options, time);
        _leftByCampaigns = LeftByCampaigns(options.Value.RatePerMinute, campaigns.Value.ShareForSingles);
        _requests = new GroupCommit<Request>(ReserveAsync, MostAtOnce);
    }

    /// <summary>Takes a place for a single text that is handed over at once.</summary>
    /// <returns>Null when there is one; else when to ask again.</returns>
    public async Task<DateTimeOffset?> TryTakeAsync(PhoneNumber sender, CancellationToken cancellationToken)
    {
        if (_options.Value.RatePerMinute == 0) return null;
        var request = new Request(sender, 1, 0);
        await _requests.AddAsync(request, cancellationToken);
        return request.Granted == 1 ? null : request.MoreAt;
    }

    /// <summary>Takes places for texts of a campaign that are handed over at once.</summary>
    /// <param name="sender">From whom they go.</param>
    /// <param name="wanted">How many places.</param>
    /// <param name="cancellationToken">Ends the waiting; places that were taken meanwhile are lost for a minute.</param>
    /// <returns>How many there are, and, where that is fewer than wanted, when to ask again.</returns>
    public async Task<(int Granted, DateTimeOffset MoreAt)> TakeAsync(PhoneNumber sender, int wanted, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wanted);
        if (wanted == 0 || _options.Value.RatePerMinute == 0) return (wanted, _time.GetUtcNow());
        var request = new Request(sender, wanted, _leftByCampaigns);
        await _requests.AddAsync(request, cancellationToken);
        return (request.Granted, request.MoreAt);
    }

    /// <summary>The share, rounded down, but a place at least where there are two: a share that is rounded to nothing is none.</summary>
    private static int LeftByCampaigns(int perMinute, double share) =>
        perMinute < 2 ? 0 : Math.Max(1, (int)Math.Floor(perMinute * (decimal)share)); // decimal: 0.29 of 100 is 29

    private async Task ReserveAsync(IReadOnlyList<Request> requests)
    {
        // Single texts first: they leave nothing free.
        foreach (var group in requests.GroupBy(request => (request.Sender, request.Left)).OrderBy(group => group.Key.Left))
        {
            var (granted, moreAt) = await _windows.ReserveAsync(
                group.Key.Sender, group.Sum(request => request.Wanted), _options.Value.RatePerMinute, group.Key.Left, _time.GetUtcNow(), CancellationToken.None);
            foreach (var request in group)
            {
                (request.Granted, request.MoreAt) = (Math.Min(granted, request.Wanted), moreAt);
                granted -= request.Granted;
            }
        }
    }

    private sealed record Request(PhoneNumber Sender, int Wanted, int Left)
    {
        public int Granted { get; set; }

        public DateTimeOffset MoreAt { get; set; }
    }
}
