using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Serverless.Delivery;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Contacts;

/// <summary>The numbers that must not be texted.</summary>
public sealed class OptOutFunctions(NumberTable numbers, ContactTable contacts, OptOuts optOuts, IOptions<SmsOptions> sms, TimeProvider time)
{
    private const int MaxText = 1000;

    /// <summary><c>GET /opt-outs</c>: all of them, in the order of the numbers.</summary>
    [Function("ListOptOuts")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "opt-outs")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (page, next) = await PageAsync(request, numbers.ListOptOutsAsync, cancellationToken);
        return Answers.Ok(new ListPage<View>([.. page.Select(View.Of)], next));
    }

    /// <summary><c>GET /opt-outs/suggestions</c>: numbers that had better be opted out, in their order.</summary>
    [Function("ListOptOutSuggestions")]
    public async Task<IResult> SuggestAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "opt-outs/suggestions")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var vocabulary = request.Vocabulary();
        var (page, next) = await PageAsync(request, numbers.ListSuggestionsAsync, cancellationToken);
        var owners = await contacts.OwnersAsync([.. page.Select(facts => facts.Number)], cancellationToken);
        return Answers.Ok(new ListPage<Suggested>([.. page.Select(facts => Suggested.Of(facts, owners.GetValueOrDefault(facts.Number)?.ContactId, vocabulary))], next));
    }

    /// <summary><c>PUT /opt-outs/{number}</c>: opts a number out; one that is out already stays so since when it was. Safe to repeat.</summary>
    [Function("PutOptOut")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "opt-outs/{number}")] HttpRequest request,
        string number,
        CancellationToken cancellationToken)
    {
        var parsed = NumberParameters.Parse(number);
        var body = await request.ReadOptionalBodyAsync<PutRequest>(cancellationToken);
        if (body.Text?.Length > MaxText) return Problems.Refused([new FieldError("text", "text_too_long", $"At most {MaxText} characters.")]);
        var facts = await RecordAsync(parsed, true, body.Text, cancellationToken);
        return facts.OptOut is null ? Problems.WrongState("Somebody opted in meanwhile.") : Answers.Ok(View.Of(facts));
    }

    /// <summary><c>DELETE /opt-outs/{number}</c>: opts a number in again. Safe to repeat.</summary>
    [Function("DeleteOptOut")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "opt-outs/{number}")] HttpRequest request,
        string number,
        CancellationToken cancellationToken)
    {
        var parsed = NumberParameters.Parse(number);
        if ((await numbers.FindAsync(parsed, cancellationToken)).OptOut is not null) await RecordAsync(parsed, false, null, cancellationToken);
        return TypedResults.NoContent();
    }

    private Task<NumberFacts> RecordAsync(PhoneNumber number, bool optedOut, string? text, CancellationToken cancellationToken) =>
        optOuts.RecordAsync(number, new OptOutEntry(optedOut, time.GetUtcNow(), OptOutSource.Person, text, sms.Value.Sender, null), cancellationToken);

    private static async Task<(IReadOnlyList<NumberFacts> Page, string? Next)> PageAsync(
        HttpRequest request, Func<PhoneNumber?, int, CancellationToken, IAsyncEnumerable<NumberFacts>> list, CancellationToken cancellationToken)
    {
        var limit = request.Limit();
        var found = await list(request.After(), Math.Min(limit + 1, 1000), cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
        return ([.. found.Take(limit)], found.Count > limit ? NumberParameters.CursorOf(found[limit - 1].Number) : null);
    }

    private sealed record PutRequest
    {
        /// <summary>What was said, or why.</summary>
        public string? Text { get; init; }
    }

    private sealed record View(PhoneNumber Number, DateTimeOffset Since, OptOutSource Source, string? Text, PhoneNumber? Sender, string? MessageId)
    {
        public static View Of(NumberFacts facts) => facts.OptOut is { } said
            ? new View(facts.Number, said.At, said.Source, said.Text, said.Sender, said.MessageId)
            : throw new ArgumentException("The number is not opted out.", nameof(facts));
    }

    private sealed record Suggested(PhoneNumber Number, ReasonView Reason, int FailuresInARow, LineType? LineType, string? ContactId)
    {
        public static Suggested Of(NumberFacts facts, string? contactId, Vocabulary vocabulary) => facts.Suggestion is { } suggestion
            ? new Suggested(facts.Number, ReasonView.Of(suggestion.Reason, MessageStatus.Failed, vocabulary), suggestion.FailuresInARow, facts.LineType, contactId)
            : throw new ArgumentException("Nothing speaks for opting it out.", nameof(facts));
    }
}
