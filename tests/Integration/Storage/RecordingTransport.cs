using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Tests.Integration.Storage;

/// <summary>Notes what is asked of storage; once what the client repeats, as it does when the machine stalls.</summary>
internal sealed class RecordingTransport : HttpPipelineTransport
{
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentDictionary<string, byte> _ids = new();

    /// <summary>What each request waits for before it goes out.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The requests since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = new List<string>();
        while (_requests.TryDequeue(out var request)) taken.Add(request);
        return taken;
    }

    public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        if (_ids.TryAdd(message.Request.ClientRequestId, 0)) _requests.Enqueue($"{message.Request.Method} {message.Request.Uri}");
        await Gate;
        await HttpClientTransport.Shared.ProcessAsync(message);
    }
}
