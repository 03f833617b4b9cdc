using Microsoft.AspNetCore.Http;
using Serverless.Delivery;
using Serverless.Http;

namespace Serverless.Calendar;

/// <summary>Calendar events that were made: looked at, changed, called off.</summary>
public sealed class EventFunctions(CalendarEvents calendar, EventTable events, EventIndexTable index, EventRequests reader, EventViews views)
{
    private const int ReadAtOnce = 8;

    /// <summary><c>GET /events/{id}</c>: the event with who comes, and the texts about it.</summary>
    [Function("GetEvent")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "events/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken) => await ShowAsync(request, id, cancellationToken);

    /// <summary><c>PUT /events/{id}</c>: replaces it and texts the change; texts nobody when nothing changed, so it is safe to repeat.</summary>
    [Function("PutEvent")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "events/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        request.Vocabulary(); // a wrong one is refused before anything is done
        var body = await request.ReadBodyAsync<EventRequest>(cancellationToken);
        if (await events.FindAsync(id, cancellationToken) is not { Value: var before }) return Problems.NotFound("event");
        if (before.Status is EventStatus.Cancelled) return WasCancelled();
        var (details, problem) = await reader.ReadAsync(body, before, cancellationToken);
        if (details is null) return problem!;
        return await calendar.ChangeAsync(id, (now, at) => EventLifecycle.Update(now, details, at), cancellationToken) is { Status: EventStatus.Cancelled }
            ? WasCancelled()
            : await ShowAsync(request, id, cancellationToken);
    }

    /// <summary><c>DELETE /events/{id}</c>: calls it off and texts that; it can still be looked at. Safe to repeat.</summary>
    [Function("DeleteEvent")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "events/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        request.Vocabulary(); // a wrong one is refused before anything is done
        await calendar.ChangeAsync(id, EventLifecycle.Cancel, cancellationToken);
        return await ShowAsync(request, id, cancellationToken);
    }

    /// <summary><c>GET /events</c>: those that were not called off, by their start. A page may be short although there is a next one.</summary>
    [Function("ListEvents")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "events")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (vocabulary, limit, after) = (request.Vocabulary(), request.Limit(), After(request));
        var places = index.ListAsync(request.Text("matterId"), request.Time("from"), request.Time("to"), after, Math.Min(limit + 1, 1000), cancellationToken);
        return Answers.Ok(await CandidatesAsync().ToPageAsync(limit, cancellationToken));

        async IAsyncEnumerable<(string Cursor, EventView? View)> CandidatesAsync()
        {
            await foreach (var few in places.Chunk(ReadAtOnce).WithCancellation(cancellationToken))
            {
                var found = await Task.WhenAll(few.Select(place => FindAsync(place, vocabulary, cancellationToken)));
                foreach (var (place, view) in few.Zip(found)) yield return (place.Value, view);
            }
        }
    }

    /// <summary>The event of a place; null when it was called off, or moved away.</summary>
    private async Task<EventView?> FindAsync(EventIndexTable.Place place, Vocabulary vocabulary, CancellationToken cancellationToken) =>
        await events.FindStoryAsync(place.EventId, cancellationToken) is { Event.Status: EventStatus.Scheduled } story && place.IsOf(story.Event)
            ? await views.ShowAsync(story, vocabulary, cancellationToken)
            : null;

    private async Task<IResult> ShowAsync(HttpRequest request, string id, CancellationToken cancellationToken) =>
        await views.FindAsync(id, request.Vocabulary(), cancellationToken) is { } found ? Answers.Ok(found) : Problems.NotFound("event");

    private static Problem WasCancelled() => Problems.WrongState("The event was called off.");

    private static EventIndexTable.Place? After(HttpRequest request)
    {
        if (request.Text("cursor") is not { } cursor) return null;
        return EventIndexTable.Place.Parse(cursor) ?? throw new ProblemException(Problems.InvalidCursor());
    }
}
