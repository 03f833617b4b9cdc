using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Http;

namespace Serverless.Messages;

/// <summary>Appeals against a carrier that took a text for spam. They are written here and sent in by a person.</summary>
public sealed class AppealFunctions(MessageTable messages, NumberTable numbers, AppealTable appeals, IdempotentRequests requests, TimeProvider time)
{
    private const int MaxFact = 2000;
    private const int MaxExamples = 10;
    private const int RecentTexts = 1000;

    /// <summary><c>GET /messages/{id}/appeal</c>: a draft, with what is known filled in.</summary>
    [Function("DraftAppeal")]
    public async Task<IResult> DraftAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "messages/{id}/appeal")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } message) return Problems.NotFound("message");
        if (!IsBlocked(message)) return NotBlocked();
        return Answers.Ok(new Draft(id, null, null, [message.Text], await OptInEvidenceAsync(message, cancellationToken), null));
    }

    /// <summary><c>POST /appeals</c>: keeps an appeal. Safe to repeat with an Idempotency-Key.</summary>
    [Function("CreateAppeal")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "appeals")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var key = IdempotentRequests.KeyOf(request);
        var body = await request.ReadBodyAsync<AppealRequest>(cancellationToken);
        if (body.Errors() is { Count: > 0 } errors) return Problems.Refused(errors);
        if (await FindAsync(body.MessageId!, cancellationToken) is not { } message) return Problems.Refused([new FieldError("messageId", "message_not_found", "There is no such message.")]);
        if (!IsBlocked(message)) return NotBlocked();
        return await requests.CreateAsync(
            new IdempotentRequests.Creation(
                key,
                key is null ? "" : IdempotentRequests.Fingerprint("CreateAppeal", body),
                Guid.NewGuid().ToString("N"),
                StatusCodes.Status201Created,
                made => $"/api/appeals/{made}",
                async (made, cancelled) => body.ToAppeal(made, time.GetUtcNow()) is var appeal && await appeals.TryAddAsync(appeal, cancelled) ? Body(appeal) : null,
                async (made, cancelled) => await appeals.FindAsync(made, cancelled) is { } appeal ? Body(appeal) : null),
            cancellationToken);

        static string Body(Appeal appeal) => JsonSerializer.Serialize(appeal, ApiJson.Options);
    }

    /// <summary><c>GET /appeals/{id}</c>.</summary>
    [Function("GetAppeal")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "appeals/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "N", out _) && await appeals.FindAsync(id, cancellationToken) is { } appeal ? Answers.Ok(appeal) : Problems.NotFound("appeal");

    private static bool IsBlocked(Message message) =>
        message.State is { Status: MessageStatus.Failed, Reason: { } reason } && FailureReasons.ClassOf(reason) is FailureClass.Blocked;

    private static Problem NotBlocked() => Problems.WrongState("Only a text that was blocked can be appealed for.");

    private async Task<Message?> FindAsync(string id, CancellationToken cancellationToken) =>
        MessageId.TryParse(id, out var parsed) ? (await messages.FindAsync(parsed, cancellationToken))?.Value : null;

    private async Task<string> OptInEvidenceAsync(Message message, CancellationToken cancellationToken)
    {
        var facts = await numbers.FindAsync(message.To, cancellationToken);
        var texts = await messages.OfConversationAsync(message.Id.Conversation, null, null, null, RecentTexts, cancellationToken).Take(RecentTexts).ToListAsync(cancellationToken);
        var delivered = texts.Count(text => text.State.Status is MessageStatus.Delivered);
        var answered = texts.Count(text => text.Direction is MessageDirection.Incoming);
        var optOut = facts.OptOut is { } since ? $"Opted out on {Date(since.At)}." : "No opt-out is on record.";
        return string.Create(CultureInfo.InvariantCulture, $"{optOut} First texted on {Date(texts[^1].State.CreatedAt)}; {delivered} texts delivered, {answered} received from this number.");
    }

    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Draft(string MessageId, string? Website, string? ContentType, IReadOnlyList<string> Examples, string OptedIn, string? Relationship);

    private sealed record AppealRequest(
        string? MessageId = null,
        string? Website = null,
        string? ContentType = null,
        IReadOnlyList<string>? Examples = null,
        string? OptedIn = null,
        string? Relationship = null)
    {
        public List<FieldError> Errors()
        {
            (string Field, string? Value)[] facts =
            [
                ("messageId", MessageId),
                ("website", Website),
                ("contentType", ContentType),
                ("optedIn", OptedIn),
                ("relationship", Relationship),
            ];
            var errors = facts.Where(fact => string.IsNullOrWhiteSpace(fact.Value)).Select(fact => Problems.Missing(fact.Field)).ToList();
            errors.AddRange(facts.Where(fact => fact.Value?.Length > MaxFact).Select(fact => TooLong(fact.Field)));
            if (Examples is not { Count: > 0 } || Examples.Any(string.IsNullOrWhiteSpace)) errors.Add(Problems.Missing("examples"));
            else if (Examples.Count > MaxExamples || Examples.Any(example => example.Length > MaxFact)) errors.Add(TooLong("examples"));
            return errors;
        }

        public Appeal ToAppeal(string id, DateTimeOffset now) => new(id, MessageId!, Website!, ContentType!, Examples!, OptedIn!, Relationship!, now);

        private static FieldError TooLong(string field) => new(field, "too_long", $"At most {MaxFact} characters, and {MaxExamples} examples.");
    }
}
