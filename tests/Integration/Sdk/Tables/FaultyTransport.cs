using System.Collections.Concurrent;
using System.Net;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Tests.Integration.Sdk.Tables;

/// <summary>A way for a try to go wrong.</summary>
public enum Fault
{
    Refused,
    AnswerLost,
    Unavailable,
    Throttled,
}

/// <summary>Spoils the first tries, each in its way; the others reach the service.</summary>
public sealed class FaultyTransport(params Fault[] faults) : HttpPipelineTransport
{
    private readonly ConcurrentQueue<Fault> _faults = new(faults);
    private int _tries;

    public int Tries => _tries;

    public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        Interlocked.Increment(ref _tries);
        if (!_faults.TryDequeue(out var fault))
        {
            await HttpClientTransport.Shared.ProcessAsync(message);
            return;
        }
        if (fault == Fault.Refused) throw new RequestFailedException("Connection refused", new HttpRequestException());
        await HttpClientTransport.Shared.ProcessAsync(message);
        if (fault == Fault.AnswerLost) throw new IOException("Connection reset by peer");
        message.Response = new Refusal(fault == Fault.Throttled ? HttpStatusCode.TooManyRequests : HttpStatusCode.ServiceUnavailable, message.Request.ClientRequestId);
    }

    private sealed class Refusal(HttpStatusCode status, string requestId) : Response
    {
        public override int Status => (int)status;

        public override string ReasonPhrase => status.ToString();

        public override Stream? ContentStream { get; set; }

        public override string ClientRequestId { get; set; } = requestId;

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, out string value)
        {
            value = "";
            return false;
        }

        protected override bool TryGetHeaderValues(string name, out IEnumerable<string> values)
        {
            values = [];
            return false;
        }
    }
}
