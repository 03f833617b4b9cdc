using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Messages;

/// <summary><c>POST /messages</c>: accepts a text and hands it to the carrier. Safe to repeat with an Idempotency-Key.</summary>
public sealed class SendMessageFunction(MessageRequests requests)
{
    /// <summary>Called by the host.</summary>
    [Function("SendMessage")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "messages")] HttpRequest request,
        CancellationToken cancellationToken) =>
        await requests.SendAsync(request, "SendMessage", await request.ReadBodyAsync<SendMessageRequest>(cancellationToken), cancellationToken);
}
