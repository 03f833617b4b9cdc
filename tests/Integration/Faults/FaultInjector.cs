using System.Net;
using System.Net.Http.Headers;
using Azure.Core.Pipeline;

namespace Serverless.Tests.Integration.Faults;

/// <summary>
/// Comes between an app and what it calls, and spoils the k-th call, counted over all processes of the app; or any call, by the dice.
/// </summary>
internal sealed class FaultInjector(Fault? fault, int at)
{
    private readonly Random? _dice;
    private readonly double _share;
    private readonly Dictionary<string, Fault> _doomed = [];

    private static readonly SocketsHttpHandler s_network = new() { UseProxy = false };

    private readonly Fault? _fault = fault?.At(at);
    private readonly Lock _lock = new();
    private readonly Dictionary<FaultTarget, HashSet<string>> _calls = new() { [FaultTarget.Storage] = [], [FaultTarget.Carrier] = [], [FaultTarget.Either] = [] };
    private string? _spoiled;

    /// <param name="seed">The same calls in the same order meet the same faults.</param>
    /// <param name="share">The share of tries that go wrong.</param>
    public FaultInjector(int seed, double share)
        : this(null, 0) => (_dice, _share) = (new Random(seed), share);

    /// <summary>Whether there was a k-th call to be spoilt.</summary>
    public bool Hit => Injected > 0;

    public int Injected { get; private set; }

    /// <summary>How many calls there were, not counting those that a client repeated by itself.</summary>
    public int Calls(FaultTarget target)
    {
        lock (_lock) return _calls[target].Count;
    }

    public HttpPipelineTransport Transport(FaultTarget target, ProcessLife process) =>
        new HttpClientTransport(new HttpClient(new Handler(this, target, process), disposeHandler: false)); // the network is shared with all others

    private Fault? Spoil(FaultTarget target, string call, ProcessLife process)
    {
        lock (_lock)
        {
            if (process.Dead) throw new ProcessDiedException();
            _calls[target].Add(call);
            _calls[FaultTarget.Either].Add(call);
            if (_dice is not null) return Toss(_dice, target, call, process);
            if (_fault is not { } fault || (fault.Target != target && fault.Target is not FaultTarget.Either)) return null;
            if (_spoiled is null && _calls[fault.Target].Count == at) _spoiled = call;
            if (_spoiled != call || (Hit && fault.Span is not FaultSpan.WholeCall)) return null;
            Injected++;
            process.Dead = fault.Span is FaultSpan.Crash;
            return fault;
        }
    }

    private Fault? Toss(Random dice, FaultTarget target, string call, ProcessLife process)
    {
        if (!_doomed.TryGetValue(call, out var fault))
        {
            if (dice.NextDouble() >= _share) return null;
            var faults = Fault.All.Where(each => each.Target == target || each.Target is FaultTarget.Either).ToList();
            fault = faults[dice.Next(faults.Count)].At(dice.Next(4));
            if (fault.Span is FaultSpan.WholeCall) _doomed[call] = fault;
        }
        Injected++;
        process.Dead = fault.Span is FaultSpan.Crash;
        return fault;
    }

    private sealed class Handler(FaultInjector injector, FaultTarget target, ProcessLife process) : DelegatingHandler(s_network)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // The same for all tries of a call.
            var call = request.Headers.GetValues("x-ms-client-request-id").Single();
            if (injector.Spoil(target, call, process) is not { } spoiled) return await base.SendAsync(request, cancellationToken);
            if (!spoiled.HasEffect) return process.Dead ? throw new ProcessDiedException() : Fail(spoiled.Kind);
            var response = await base.SendAsync(request, cancellationToken);
            if (process.Dead) throw new ProcessDiedException();
            return await SpoilAsync(response, spoiled.Kind, cancellationToken);
        }

        private static HttpResponseMessage Fail(FaultKind kind) => kind switch
        {
            FaultKind.ServerError => new HttpResponseMessage(HttpStatusCode.InternalServerError),
            FaultKind.Unavailable => Wait(HttpStatusCode.ServiceUnavailable),
            FaultKind.Throttled => Wait(HttpStatusCode.TooManyRequests),
            _ => throw new HttpRequestException("Connection refused"),
        };

        private static HttpResponseMessage Wait(HttpStatusCode status) =>
            new(status) { Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(1)) } };

        private static async Task<HttpResponseMessage> SpoilAsync(HttpResponseMessage response, FaultKind kind, CancellationToken cancellationToken)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (kind is FaultKind.AnswerLost || body.Length == 0) throw new HttpRequestException("Connection reset by peer");
            var half = body[..(body.Length / 2)];
            var content = kind is FaultKind.AnswerCut ? (HttpContent)new StreamContent(new CutStream(half)) : new ByteArrayContent(half);
            content.Headers.ContentType = response.Content.Headers.ContentType;
            response.Content = content;
            return response;
        }
    }

    /// <summary>Ends in the middle, as a connection does that is reset.</summary>
    private sealed class CutStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        /// <summary>One that can seek counts as read already.</summary>
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => Cut(base.Read(buffer, offset, count));

        public override int Read(Span<byte> buffer) => Cut(base.Read(buffer));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Cut(await base.ReadAsync(buffer, cancellationToken));

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            await base.CopyToAsync(destination, bufferSize, cancellationToken);
            Cut(0);
        }

        private static int Cut(int read) => read > 0 ? read : throw new IOException("The response ended prematurely.");
    }
}

/// <summary>Whether a process of the app still lives.</summary>
internal sealed class ProcessLife
{
    public volatile bool Dead;
}
