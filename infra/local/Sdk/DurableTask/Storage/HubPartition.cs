using System.Collections.Concurrent;
using System.Threading.Channels;
using Azure;
using Microsoft.Extensions.Logging;
using Serverless.Local.Tables;

namespace Serverless.Local.DurableTask;

/// <summary>
/// One table of a hub: the rows of some instances and their histories, in one partition, so that what waits to be written at the same
/// moment is one transaction, whichever instances it is of. Each transaction also moves the fence row under its ETag: whoever took the
/// hub over has moved it, so a former owner can change nothing any more.
/// </summary>
internal sealed partial class HubPartition(TableClient table, string owner, HubSettings settings, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<string> _spentReceipts = new();
    private readonly Channel<Commit> _queue = Channel.CreateUnbounded<Commit>(new() { SingleReader = true });
    private ETag _fence;
    private long _sequence;
    private long _confirmed;

    /// <summary>Whether nobody else can have taken over yet. Not needed for storage, which the fence guards, but for what has effects elsewhere.</summary>
    public bool IsHeld => _confirmed != 0 && time.GetElapsedTime(Volatile.Read(ref _confirmed)) < settings.LeaseInterval;

    /// <summary>How long ago the last write was sent that is known to have worked.</summary>
    public TimeSpan SinceConfirmed => time.GetElapsedTime(Volatile.Read(ref _confirmed));

    public Task CreateAsync(CancellationToken cancellationToken) => table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Queues a commit; it is done when the task is.</summary>
    /// <exception cref="OwnershipLostException">Another process owns the hub now.</exception>
    public Task CommitAsync(Commit commit)
    {
        if (!_queue.Writer.TryWrite(commit)) commit.Fail(new HandedOverException());
        return commit.Done;
    }

    /// <summary>Removes a receipt with whatever is written next.</summary>
    public void DropReceipt(string rowKey) => _spentReceipts.Enqueue(rowKey);

    /// <summary>Takes the fence over.</summary>
    /// <param name="force">Whether to do so although another's lease has not run out: only for who owns the hub's first partition.</param>
    /// <param name="cancellationToken">Leaves the fence in either state.</param>
    /// <returns>False while another holds it.</returns>
    public async Task<bool> TryAcquireAsync(bool force, CancellationToken cancellationToken)
    {
        var before = time.GetTimestamp();
        try
        {
            var current = await table.GetEntityIfExistsAsync<TableEntity>(Keys.Partition, Keys.Fence, cancellationToken: cancellationToken);
            if (!current.HasValue)
            {
                var response = await table.AddEntityAsync(FenceRow(_sequence = 1), cancellationToken);
                _fence = response.Headers.ETag ?? default;
            }
            else
            {
                if (!force && !MayTakeOver(current.Value!)) return false;
                _sequence = (current.Value!.GetInt64("Sequence") ?? 0) + 1;
                var row = FenceRow(_sequence);
                if (current.Value.GetString("Owner") is { } former && former != owner) (row["Former"], row["FormerSequence"]) = (former, _sequence - 1);
                var response = await table.UpdateEntityAsync(row, current.Value.ETag, TableUpdateMode.Merge, cancellationToken);
                _fence = response.Headers.ETag ?? default;
            }
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            // Either another was quicker, or this is the second try of a call whose first one worked.
            if (!TakeUp(await ReadFenceAsync(cancellationToken))) return false;
        }

        Volatile.Write(ref _confirmed, before);
        return true;
    }

    /// <summary>Writes what is queued until told to end or until ownership is lost, which it throws. Fails what is queued then.</summary>
    /// <param name="end">Begins no further write. The one under way is seen through, so that it is known whether it took effect.</param>
    /// <param name="cancellationToken">Gives that up too.</param>
    public async Task RunAsync(CancellationToken end, CancellationToken cancellationToken)
    {
        Commit? next = null;
        List<Commit> batch = [];
        try
        {
            while (next is not null || await _queue.Reader.WaitToReadAsync(end))
            {
                end.ThrowIfCancellationRequested();
                batch.Clear();
                next = Collect(batch, next);
                foreach (var commit in batch)
                {
                    foreach (var group in commit.Ahead) await WriteAsync(group, cancellationToken);
                }

                await WriteAsync(batch, cancellationToken);
            }
        }
        catch (OwnershipLostException lost)
        {
            foreach (var commit in batch) commit.Fail(lost);
            throw;
        }
        finally
        {
            _queue.Writer.TryComplete();
            foreach (var commit in batch) commit.Fail(new OwnershipLostException());
            next?.Fail(new HandedOverException());
            while (_queue.Reader.TryRead(out var commit)) commit.Fail(new HandedOverException());
        }
    }

    /// <summary>Lets others in at once. Nothing may be queued any more.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        var row = FenceRow(_sequence + 1);
        row["Owner"] = "";
        await table.UpdateEntityAsync(row, _fence, TableUpdateMode.Merge, cancellationToken);
    }

    private static bool IsRefusal(RequestFailedException exception) => exception.Status is >= 400 and < 500 and not (408 or 412 or 429);

    private Commit? Collect(List<Commit> batch, Commit? next)
    {
        var (actions, bytes) = (0, 0);
        while (next is not null || _queue.Reader.TryRead(out next))
        {
            if (batch.Count > 0 && (actions + next.Actions.Count > Commit.MostActions || bytes + next.Bytes > Commit.MostBytes)) return next;
            actions += next.Actions.Count;
            bytes += next.Bytes;
            batch.Add(next);
            next = null;
        }

        AddSpentReceipts(batch, Commit.MostActions - actions);
        return null;
    }

    private void AddSpentReceipts(List<Commit> batch, int room)
    {
        var commit = new Commit();
        while (commit.Actions.Count < room && _spentReceipts.TryDequeue(out var key)) commit.Add(TableTransactionActionType.Delete, new(Keys.Partition, key));
        if (commit.Actions.Count > 0) batch.Add(commit);
    }

    private async Task WriteAsync(List<Commit> batch, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(batch.SelectMany(c => c.Actions), cancellationToken);
            foreach (var commit in batch) commit.Succeed();
        }
        catch (RequestFailedException exception)
        {
            if (batch is [var only])
            {
                only.Fail(exception);
                return;
            }

            // One of them cannot be written. The others can.
            foreach (var commit in batch.ToList()) await WriteAsync([commit], cancellationToken);
        }
    }

    /// <exception cref="RequestFailedException">Storage refused it for what it is; trying again is of no use.</exception>
    /// <exception cref="OwnershipLostException">Another process owns the hub now.</exception>
    private async Task WriteAsync(IEnumerable<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        var pause = ShortestPause;
        while (true)
        {
            var (before, fenceBefore) = (time.GetTimestamp(), _fence);
            try
            {
                var fence = new TableTransactionAction(TableTransactionActionType.UpdateMerge, FenceRow(_sequence + 1), _fence);
                var responses = (await table.SubmitTransactionAsync(actions.Prepend(fence), cancellationToken)).Value;
                _sequence++;
                _fence = responses[0].Headers.ETag ?? default;
                Volatile.Write(ref _confirmed, before);
                return;
            }
            catch (Exception exception) when (exception is RequestFailedException or IOException or HttpRequestException or AggregateException or TimeoutException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                LogWriteFailed(exception.GetType().Name, (exception as RequestFailedException)?.Status ?? 0);
                if (await WasWrittenAsync(cancellationToken))
                {
                    Volatile.Write(ref _confirmed, before);
                    return;
                }

                // With the fence where it was, it was another row that had changed.
                if (exception is RequestFailedException refused && (IsRefusal(refused) || (refused.Status == 412 && _fence == fenceBefore))) throw;
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Asks storage whether a write whose answer was lost took effect, for as long as it takes to get an answer.</summary>
    private async Task<bool> WasWrittenAsync(CancellationToken cancellationToken)
    {
        var pause = ShortestPause;
        while (true)
        {
            try
            {
                var before = _sequence;
                var fence = await ReadFenceAsync(cancellationToken);
                if (TakeUp(fence)) return _sequence > before;
                if (fence.GetString("Former") != owner) throw new OwnershipLostException();
                // Who took over noted how far this process had come.
                _sequence = fence.GetInt64("FormerSequence") ?? 0;
                return _sequence > before ? true : throw new HandedOverException();
            }
            catch (Exception exception) when (exception is not OwnershipLostException && !cancellationToken.IsCancellationRequested)
            {
                LogWriteFailed(exception.GetType().Name, (exception as RequestFailedException)?.Status ?? 0);
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<TableEntity> ReadFenceAsync(CancellationToken cancellationToken) =>
        (await table.GetEntityAsync<TableEntity>(Keys.Partition, Keys.Fence, cancellationToken: cancellationToken)).Value;

    /// <summary>Goes on from the fence as it was read, if it is this process's.</summary>
    private bool TakeUp(TableEntity fence)
    {
        if (fence.GetString("Owner") != owner) return false;
        _fence = fence.ETag;
        _sequence = fence.GetInt64("Sequence") ?? 0;
        return true;
    }

    private TableEntity FenceRow(long sequence) => new(Keys.Partition, Keys.Fence)
    {
        ["Owner"] = owner,
        ["Process"] = OwnerProcess.Current,
        ["Sequence"] = sequence,
        ["Expires"] = time.GetUtcNow() + settings.LeaseInterval,
    };

    private bool MayTakeOver(TableEntity fence) =>
        fence.GetString("Owner") is null or "" || fence.GetString("Owner") == owner || fence.GetDateTimeOffset("Expires") <= time.GetUtcNow() || OwnerProcess.IsGone(fence.GetString("Process"));

    [LoggerMessage(1, LogLevel.Warning, "Writing history failed ({Error}, {Status}); it is looked up and done again where needed.")]
    private partial void LogWriteFailed(string error, int status);
}
