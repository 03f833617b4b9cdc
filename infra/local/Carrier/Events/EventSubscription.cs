using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Serverless.Local.Carrier.Faults;

namespace Serverless.Local.Carrier.Events;

/// <summary>
/// Pushes events to one function: handshake first, then what is waiting, in batches, several at a time, in no order. A batch that is
/// not taken comes again as a whole. Nothing is pushed, and nothing kept, while there is nowhere to push to.
/// </summary>
internal sealed partial class EventSubscription(
    EventGridClient client, string functionName, FaultInjector faults, TimeProvider time, ILogger<EventSubscription> logger) : IAsyncDisposable
{
    private const int DeliveriesAtOnce = 16;
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(24);

    private readonly Channel<OutgoingEvent> _waiting = Channel.CreateUnbounded<OutgoingEvent>(new UnboundedChannelOptions { SingleReader = false });
    private readonly ConcurrentDictionary<Task, byte> _underWay = [];
    private readonly SemaphoreSlim _slots = new(DeliveriesAtOnce);
    private readonly CancellationTokenSource _stopping = new();
    private Task _pump = Task.CompletedTask;
    private Uri? _validated;
    private int _epoch;

    /// <summary>Called once for each event that needs no more pushing, delivered or given up.</summary>
    public Action<IReadOnlyList<OutgoingEvent>, bool> Settled { get; set; } = static (_, _) => { };

    public bool HasEndpoint => client.Endpoint is not null;

    public void Start() => _pump = PumpAsync(_stopping.Token);

    public void Post(OutgoingEvent posted)
    {
        if (!HasEndpoint || !_waiting.Writer.TryWrite(posted)) posted.MarkTried();
    }

    /// <summary>Forgets what waits, also what waits to be tried again.</summary>
    public void Clear()
    {
        Interlocked.Increment(ref _epoch);
        while (_waiting.Reader.TryRead(out var dropped)) dropped.MarkTried();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll([_pump, .. _underWay.Keys]);
        _stopping.Dispose();
        _slots.Dispose();
    }

    private async Task PumpAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
            {
                await HandshakeAsync(cancellationToken);
                await _slots.WaitAsync(cancellationToken);
                // Taken only now: what came while all slots were busy goes out together.
                if (Take() is { Length: > 0 } batch) Track(DeliverAsync(batch, cancellationToken));
                else _slots.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping. What is not delivered is still owed, and the log knows it.
        }
    }

    private void Track(Task delivery)
    {
        _underWay[delivery] = 0;
        _ = delivery.ContinueWith(done => _underWay.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task HandshakeAsync(CancellationToken cancellationToken)
    {
        for (var failures = 0; client.Endpoint is { } endpoint && endpoint != _validated; failures++)
        {
            if (await client.ValidateAsync(functionName, cancellationToken))
            {
                _validated = endpoint;
                return;
            }
            if (failures == 0) Log.WaitingForEndpoint(logger, functionName);
            await Task.Delay(RetrySchedule.HandshakeDelay(failures), time, cancellationToken);
        }
    }

    private OutgoingEvent[] Take()
    {
        var batch = new List<OutgoingEvent>();
        var limit = faults.Settings.ReportBatchSize;
        while (batch.Count < limit && _waiting.Reader.TryRead(out var next)) batch.Add(next);
        if (faults.Settings.ShuffleReports) faults.Shuffle(CollectionsMarshal.AsSpan(batch));
        return [.. batch];
    }

    private async Task DeliverAsync(OutgoingEvent[] batch, CancellationToken cancellationToken)
    {
        var (epoch, start) = (_epoch, time.GetUtcNow());
        try
        {
            for (var tries = 1; epoch == _epoch; tries++)
            {
                var outcome = await TryAsync(batch, tries - 1, cancellationToken);
                if (outcome != DeliveryOutcome.TryAgain || time.GetUtcNow() - start >= TimeToLive)
                {
                    if (epoch == _epoch) Settle(batch, outcome);
                    return;
                }
                await Task.Delay(RetrySchedule.DeliveryDelay(tries, faults.Share()), time, cancellationToken);
                await _slots.WaitAsync(cancellationToken);
            }
            _slots.Release();
        }
        catch (OperationCanceledException)
        {
            // Stopping: still owed.
        }
    }

    /// <summary>Comes with a slot and gives it back.</summary>
    private async Task<DeliveryOutcome> TryAsync(OutgoingEvent[] batch, int earlierTries, CancellationToken cancellationToken)
    {
        try
        {
            return await client.DeliverAsync(functionName, batch, earlierTries, faults.Settings.PascalCase, cancellationToken);
        }
        finally
        {
            _slots.Release();
            foreach (var tried in batch) tried.MarkTried();
        }
    }

    private void Settle(OutgoingEvent[] batch, DeliveryOutcome outcome)
    {
        if (outcome != DeliveryOutcome.Taken) Log.GivenUp(logger, batch.Length, functionName, outcome);
        Settled(batch, outcome == DeliveryOutcome.Taken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for {Function} to answer the handshake")]
        public static partial void WaitingForEndpoint(ILogger logger, string function);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} events for {Function} are given up: {Outcome}")]
        public static partial void GivenUp(ILogger logger, int count, string function, DeliveryOutcome outcome);
    }
}
