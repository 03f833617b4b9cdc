using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Contacts;

/// <summary>What is known of a number.</summary>
public sealed class NumberFunctions(NumberTable numbers)
{
    /// <summary><c>GET /numbers/{number}</c>.</summary>
    [Function("GetNumber")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "numbers/{number}")] HttpRequest request,
        string number,
        CancellationToken cancellationToken) => Answers.Ok(View.Of(await numbers.FindAsync(NumberParameters.Parse(number), cancellationToken)));

    /// <summary><c>PUT /numbers/{number}</c>: states what kind of line it is. Safe to repeat.</summary>
    [Function("PutNumber")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "numbers/{number}")] HttpRequest request,
        string number,
        CancellationToken cancellationToken)
    {
        var parsed = NumberParameters.Parse(number);
        var body = await request.ReadBodyAsync<PutRequest>(cancellationToken);
        return Answers.Ok(View.Of(await numbers.SetLineTypeAsync(parsed, body.ToLineType(), cancellationToken)));
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

    private sealed record View(
        PhoneNumber Number, LineType? LineType, int Unconfirmed, int FailuresInARow, bool OptedOut, bool SuggestOptOut, IReadOnlyList<OptOutEntry> OptOuts)
    {
        public static View Of(NumberFacts facts)
        {
            var (number, lineType, unconfirmed, failures, optedOut, suggested) = NumberView.Of(facts);
            return new View(number, lineType, unconfirmed, failures, optedOut, suggested, facts.OptOuts.Entries);
        }
    }
}
