using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Tests.Integration.Campaigns;

/// <summary>Shows what is sent to storage, and lets a test lose an answer and do something before the client tries again.</summary>
internal sealed class SpyTransport : HttpPipelineTransport
{
    /// <summary>The bodies of the transactions so far.</summary>
    public List<string> Transactions { get; } = [];

    /// <summary>Done after the next transaction was applied, whose answer is lost then.</summary>
    public Func<Task>? LoseNextAnswer { get; set; }

    public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        var isTransaction = message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal);
        if (isTransaction) Transactions.Add(await BodyAsync(message));
        await HttpClientTransport.Shared.ProcessAsync(message);
        if (!isTransaction || LoseNextAnswer is not { } meanwhile) return;
        LoseNextAnswer = null;
        await meanwhile();
        throw new IOException("Connection reset by peer"); // what the pipeline repeats
    }

    private static async Task<string> BodyAsync(HttpMessage message)
    {
        using var body = new MemoryStream();
        await message.Request.Content!.WriteToAsync(body, default);
        return Encoding.UTF8.GetString(body.ToArray());
    }
}
