using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>
/// The way to storage, which can be cut for good: by hand or at the n-th call, before or after the call has had its effect. It can also
/// be held up for a while, as it is for a process that gets no time.
/// </summary>
internal sealed class StorageLine(int? cutAt = null, bool afterEffect = false) : HttpPipelineTransport
{
    private static readonly HttpClientTransport Inner = new(new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }));

    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private volatile HeldUp? _heldUp;

    public int Calls => Volatile.Read(ref _calls);

    public bool IsCut => _cut.Task.IsCompleted;

    /// <summary>Done when the line is cut.</summary>
    public Task WhenCut => _cut.Task;

    /// <summary>Set to let single calls fail without cutting the line: given the number of the call.</summary>
    public Func<int, (bool Before, bool After)>? Faults { get; set; }

    public void Cut() => _cut.TrySetResult();

    /// <summary>Holds calls up until told to go on: on their way there, or on their way back, in which case the answer is lost.</summary>
    /// <param name="afterEffect">On their way back.</param>
    /// <param name="which">By default all.</param>
    public HeldUp HoldUp(bool afterEffect = false, Func<Request, bool>? which = null) => _heldUp = new(afterEffect, which);

    public override Request CreateRequest() => Inner.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException("The engine only calls asynchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        var call = Interlocked.Increment(ref _calls);
        var (failsBefore, failsAfter) = Faults?.Invoke(call) ?? (false, false);
        if (call == cutAt && !afterEffect) Cut();
        var heldUp = _heldUp is { } set && set.IsMeant(message.Request) ? set : null;
        if (heldUp is { AfterEffect: false }) await heldUp.WaitAsync(message.CancellationToken);
        if (IsCut || failsBefore) throw new HttpRequestException("The line is cut.");
        await Inner.ProcessAsync(message);
        if (call == cutAt) Cut();
        if (heldUp is { AfterEffect: true })
        {
            await heldUp.WaitAsync(message.CancellationToken);
            throw new HttpRequestException("The answer was held up for too long.");
        }

        if (IsCut || failsAfter) throw new HttpRequestException("The line is cut.");
    }

    internal sealed class HeldUp(bool afterEffect, Func<Request, bool>? which)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool AfterEffect => afterEffect;

        /// <summary>Done when a call is held up.</summary>
        public Task Reached => _reached.Task;

        public bool IsMeant(Request request) => !_end.Task.IsCompleted && (which is null || which(request));

        public void GoOn() => _end.TrySetResult();

        public Task WaitAsync(CancellationToken cancellationToken)
        {
            _reached.TrySetResult();
            return _end.Task.WaitAsync(cancellationToken);
        }
    }
}
