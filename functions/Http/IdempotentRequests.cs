using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Serverless.Delivery;
using Serverless.Idempotency;

namespace Serverless.Http;

/// <summary>
/// Gives a creating call that is made again under its Idempotency-Key the first answer again. The id of what is made is chosen
/// when the key is claimed, so a repeat after a crash makes the same thing, or finds it.
/// </summary>
public sealed class IdempotentRequests(IdempotencyTable keys, IOptions<DeliveryOptions> options, TimeProvider time)
{
    private const string Header = "Idempotency-Key";
    private const int MaxLength = 128;
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>The key of a request; null when it has none.</summary>
    /// <exception cref="ProblemException">It is no valid key.</exception>
    internal static string? KeyOf(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Header, out var values)) return null;
        return values is [{ Length: >= 1 and <= MaxLength } key] && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw new ProblemException(Problems.InvalidIdempotencyKey());
    }

    /// <summary>What tells a request's body from others: the same whatever its spacing.</summary>
    internal static string Fingerprint<T>(string operation, T body) =>
        operation + " " + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Options)));

    /// <summary>The answer to a request that was accepted before under its key; null when none was, or when there is no key.</summary>
    internal async Task<IResult?> FindAsync(Creation creation, CancellationToken cancellationToken)
    {
        if (creation.Key is not { } key || await keys.FindAsync(key, cancellationToken) is not { } first) return null;
        if (first.Fingerprint != creation.Fingerprint) return Problems.IdempotencyKeyReused();
        return (first.Answer ?? await creation.FindAsync(first.ResourceId, cancellationToken)) is { } answer ? Answer(creation, first.ResourceId, answer, replayed: true) : null;
    }

    /// <summary>Makes a thing once.</summary>
    internal async Task<IResult> CreateAsync(Creation creation, CancellationToken cancellationToken)
    {
        if (creation.Key is not { } key) return Answer(creation, creation.NewId, (await creation.TryMakeAsync(creation.NewId, cancellationToken))!, replayed: false);
        var (request, claimed) = await keys.ClaimAsync(key, creation.Fingerprint, creation.NewId, cancellationToken);
        return claimed ? await MakeAsync(creation, key, request.ResourceId, replayed: false, cancellationToken) : await RepeatAsync(creation, key, request, cancellationToken);
    }

    private async Task<IResult> RepeatAsync(Creation creation, string key, IdempotentRequest first, CancellationToken cancellationToken)
    {
        if (first.Fingerprint != creation.Fingerprint) return Problems.IdempotencyKeyReused();
        return first.Answer is { } answer
            ? Answer(creation, first.ResourceId, answer, replayed: true)
            : await MakeAsync(creation, key, first.ResourceId, replayed: true, cancellationToken);
    }

    private async Task<IResult> MakeAsync(Creation creation, string key, string id, bool replayed, CancellationToken cancellationToken)
    {
        var answer = await creation.TryMakeAsync(id, cancellationToken);
        if (answer is null)
        {
            // It is there without an answer: another request is at work, or was cut short. Whoever claimed the key is the first all the same.
            if (await FirstAnswerAsync(key, cancellationToken) is { } first) return Answer(creation, id, first, replayed);
            answer = await creation.FindAsync(id, cancellationToken) ?? throw new InvalidOperationException("What the first request made is gone.");
        }
        await keys.AnswerAsync(key, answer, cancellationToken);
        return Answer(creation, id, answer, replayed);
    }

    private async Task<string?> FirstAnswerAsync(string key, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + options.Value.AnswerWithin + options.Value.AnswerWithin;
        do
        {
            if (await keys.FindAsync(key, cancellationToken) is { Answer: { } answer }) return answer;
            await Task.Delay(s_lookAgain, time, cancellationToken);
        }
        while (time.GetUtcNow() < deadline);
        return null;
    }

    private static CreatedAnswer Answer(Creation creation, string id, string body, bool replayed) => new CreatedAnswer(creation.Status, creation.LocationOf(id), body, replayed);

    /// <summary>A request that makes a thing.</summary>
    /// <param name="Key">Its Idempotency-Key; null when it has none.</param>
    /// <param name="Fingerprint">Tells it from others.</param>
    /// <param name="NewId">The id of what it makes, if it is the first.</param>
    /// <param name="Status">The status of its answer.</param>
    /// <param name="LocationOf">Where a thing of that id is.</param>
    /// <param name="TryMakeAsync">Makes the thing of that id and gives the answer's body; null when it is there.</param>
    /// <param name="FindAsync">Gives the answer's body for a thing that is there; null when it is not.</param>
    internal sealed record Creation(
        string? Key,
        string Fingerprint,
        string NewId,
        int Status,
        Func<string, string> LocationOf,
        Func<string, CancellationToken, Task<string?>> TryMakeAsync,
        Func<string, CancellationToken, Task<string?>> FindAsync);

    private sealed record CreatedAnswer(int Status, string Location, string Body, bool Replayed) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Location = Location;
            if (Replayed) httpContext.Response.Headers["Idempotency-Replayed"] = "true";
            return Results.Content(Body, "application/json; charset=utf-8", statusCode: Status).ExecuteAsync(httpContext);
        }
    }
}
