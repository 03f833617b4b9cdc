using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Conversations;

/// <summary>
/// <c>POST /incoming-texts</c>: takes a text from a person's phone, for carriers that do not speak Event Grid, or bring files. Safe to repeat
/// under the text's own id.
/// </summary>
public sealed class ReceiveTextFunction(IncomingIntake intake, TimeProvider time)
{
    /// <summary>Called by the host.</summary>
    [Function("ReceiveText")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "incoming-texts")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<ReceiveTextRequest>(ReceiveTextRequest.MaxBody, cancellationToken);
        if (body.ToText(time.GetUtcNow(), out var errors) is not { } text) return Problems.Refused(errors);
        var outcome = await intake.ReceiveAsync(text, cancellationToken);
        return Answers.Ok(new View(text.Id, outcome.MessageId?.Value, outcome.Dropped));
    }

    private sealed record View(string Id, string? MessageId, DropReason? Dropped);
}
