using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Storage;

namespace Serverless.Messages;

/// <summary>Keeps all processes together within the sender's limit. Callers that wait for each other share a reservation.</summary>
public sealed class RateLimiter
{
    private const int MostAtOnce = 1000;

    private readonly SendWindowTable _windows;
    private readonly IOptions<SmsOptions> _options;
    private readonly TimeProvider _time;
    private readonly GroupCommit<Request> _requests;

    /// <summary>Made once per process.</summary>
    public RateLimiter(SendWindowTable windows, IOptions<SmsOptions> options, TimeProvider time)
    {
        (_windows, _options, _time) = (windows, options, time);
        _requests = new GroupCommit<Request>(ReserveAsync, MostAtOnce);
    }

    /// <summary>Takes a place for a text that is handed over at once.</summary>
    /// <returns>Null when there is one; else when to ask again.</returns>
    public async Task<DateTimeOffset?> TryTakeAsync(PhoneNumber sender, CancellationToken cancellationToken)
    {
        if (_options.Value.RatePerMinute == 0) return null;
        var request = new Request(sender);
        await _requests.AddAsync(request, cancellationToken);
        return request.RetryAt;
    }

    private async Task ReserveAsync(IReadOnlyList<Request> requests)
    {
        foreach (var sender in requests.GroupBy(request => request.Sender))
        {
            var (granted, moreAt) = await _windows.ReserveAsync(sender.Key, sender.Count(), _options.Value.RatePerMinute, _time.GetUtcNow(), CancellationToken.None);
            foreach (var request in sender.Skip(granted)) request.RetryAt = moreAt;
        }
    }

    private sealed record Request(PhoneNumber Sender)
    {
        public DateTimeOffset? RetryAt { get; set; }
    }
}
