using Microsoft.AspNetCore.Http;
using Serverless.Delivery;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Contacts;

/// <summary>What is known of a number.</summary>
public sealed class NumberFunctions(NumberTable numbers, MessageTable messages)
{
    private const int RecentTexts = 1000;

    /// <summary><c>GET /numbers/{number}</c>.</summary>
    [Function("GetNumber")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "numbers/{number}")] HttpRequest request,
        string number,
        CancellationToken cancellationToken) => Answers.Ok(await ViewAsync(NumberParameters.Parse(number), cancellationToken));

    /// <summary><c>PUT /numbers/{number}</c>: states what kind of line it is. Safe to repeat.</summary>
    [Function("PutNumber")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "numbers/{number}")] HttpRequest request,
        string number,
        CancellationToken cancellationToken)
    {
        var parsed = NumberParameters.Parse(number);
        var body = await request.ReadBodyAsync<PutRequest>(cancellationToken);
        await numbers.SetLineTypeAsync(parsed, body.ToLineType(), cancellationToken);
        return Answers.Ok(await ViewAsync(parsed, cancellationToken));
    }

    private async Task<View> ViewAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var facts = await numbers.FindAsync(number, cancellationToken);
        var texts = await messages.OfConversationAsync(MessageId.ConversationWith(number), null, null, null, RecentTexts, cancellationToken).Take(RecentTexts).ToListAsync(cancellationToken);
        var failures = texts.Where(text => text.State.IsSettled).TakeWhile(text => text.State.Status is MessageStatus.Failed).Select(text => text.State.Reason!.Value).ToList();
        return new View(
            number,
            facts.LineType,
            texts.Count(text => text.State.Status is MessageStatus.PossiblyFailed),
            failures.Count,
            facts.OptOut is not null,
            facts.OptOut is null && (facts.LineType is LineType.Landline || failures.Any(reason => FailureReasons.SuggestOptOutAfter(reason) <= failures.Count(other => other == reason))));
    }

    private sealed record PutRequest(string? LineType = null)
    {
        /// <summary>Names only: the JSON serializer would take numbers, and sums of names, for a kind of line too.</summary>
        public LineType? ToLineType() => LineType switch
        {
            null => null,
            "mobile" => Contacts.LineType.Mobile,
            "landline" => Contacts.LineType.Landline,
            "voip" => Contacts.LineType.Voip,
            _ => throw new ProblemException(Problems.WrongType("lineType", "One of mobile, landline, voip.")),
        };
    }

    private sealed record View(PhoneNumber Number, LineType? LineType, int Unconfirmed, int FailuresInARow, bool OptedOut, bool SuggestOptOut);
}
