using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Messages;

/// <summary><c>POST /messages/estimate</c>: what a text costs in segments, and which characters are to blame.</summary>
public static class EstimateMessageFunction
{
    /// <summary>Called by the host.</summary>
    [Function("EstimateMessage")]
    public static async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "messages/estimate")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<EstimateRequest>(cancellationToken);
        if (body.Text is null) return Problems.Refused([Problems.Missing("text")]);
        var text = SmsText.Of(body.Text);
        return Answers.Ok(new Estimate(text.Encoding.Name(), text.Characters, text.Segments, text.PerSegment, text.Culprits, text.Suggestion));
    }

    private sealed record EstimateRequest(string? Text = null);

    private sealed record Estimate(string Encoding, int Characters, int Segments, int PerSegment, IReadOnlyList<SmsCulprit> Culprits, string? Suggestion);
}
