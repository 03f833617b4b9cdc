using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Contacts;

/// <summary>The numbers that must not be texted.</summary>
public sealed class OptOutFunctions(NumberTable numbers, TimeProvider time)
{
    private const int MaxText = 1000;

    /// <summary><c>GET /opt-outs</c>: all of them, in the order of the numbers.</summary>
    [Function("ListOptOuts")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "opt-outs")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var limit = request.Limit();
        var after = request.After();
        var items = await numbers.ListOptOutsAsync(after, Math.Min(limit + 1, 1000), cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
        var page = items.Take(limit).Select(item => View.Of(item.Number, item.OptOut)).ToList();
        return Answers.Ok(new ListPage<View>(page, items.Count > limit ? NumberParameters.CursorOf(page[^1].Number) : null));
    }

    /// <summary><c>PUT /opt-outs/{number}</c>: opts a number out; one that is out already stays as it is. Safe to repeat.</summary>
    [Function("PutOptOut")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "opt-outs/{number}")] HttpRequest request,
        string number,
        CancellationToken cancellationToken)
    {
        var parsed = NumberParameters.Parse(number);
        var body = await request.ReadOptionalBodyAsync<PutRequest>(cancellationToken);
        if (body.Text?.Length > MaxText) return Problems.Refused([new FieldError("text", "text_too_long", $"At most {MaxText} characters.")]);
        var optOut = await numbers.OptOutAsync(parsed, new OptOut(time.GetUtcNow(), OptOutSource.Person, body.Text), cancellationToken);
        return Answers.Ok(View.Of(parsed, optOut));
    }

    /// <summary><c>DELETE /opt-outs/{number}</c>: opts a number in again. Safe to repeat.</summary>
    [Function("DeleteOptOut")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "opt-outs/{number}")] HttpRequest request,
        string number,
        CancellationToken cancellationToken)
    {
        await numbers.OptInAsync(NumberParameters.Parse(number), cancellationToken);
        return TypedResults.NoContent();
    }

    private sealed record PutRequest
    {
        /// <summary>What was said, or why.</summary>
        public string? Text { get; init; }
    }

    private sealed record View(PhoneNumber Number, DateTimeOffset Since, OptOutSource Source, string? Text)
    {
        public static View Of(PhoneNumber number, OptOut optOut) => new(number, optOut.Since, optOut.Source, optOut.Text);
    }
}
