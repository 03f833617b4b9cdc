using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Calendar;

/// <summary><c>POST /events</c>: makes an event and invites those who are to be texted. Safe to repeat with an Idempotency-Key.</summary>
public sealed class CreateEventFunction(CalendarEvents events, EventRequests reader, EventViews views, IdempotentRequests requests)
{
    /// <summary>Called by the host.</summary>
    [Function("CreateEvent")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "events")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (key, vocabulary) = (IdempotentRequests.KeyOf(request), request.Vocabulary());
        var body = await request.ReadBodyAsync<EventRequest>(cancellationToken);
        var (details, problem) = await reader.ReadAsync(body, null, cancellationToken);
        var creation = new IdempotentRequests.Creation(
            key,
            key is null ? "" : IdempotentRequests.Fingerprint("CreateEvent", body),
            Guid.NewGuid().ToString("N"),
            StatusCodes.Status201Created,
            id => $"/api/events/{id}",
            async (id, cancelled) => await events.CreateAsync(id, details!, cancelled) is null ? null : await BodyAsync(id, cancelled),
            BodyAsync);
        // What was made once is not refused because its time has come since.
        return details is null
            ? await requests.FindAsync(creation, cancellationToken) ?? problem!
            : await requests.CreateAsync(creation, cancellationToken);

        async Task<string?> BodyAsync(string id, CancellationToken cancelled) =>
            await views.FindAsync(id, vocabulary, cancelled) is { } made ? JsonSerializer.Serialize(made, ApiJson.Options) : null;
    }
}
