using Microsoft.AspNetCore.Http;
using Serverless.Delivery;
using Serverless.Http;
using Serverless.Storage;

namespace Serverless.Settings;

/// <summary><c>GET /health</c>: each dependency and its state. Needs no key, for those who watch over it.</summary>
public sealed class HealthFunction(TableRegistry tables, CarrierHealth carrier)
{
    /// <summary>Called by the host.</summary>
    [Function("Health")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var storage = await tables.AnswersAsync(cancellationToken);
        // Texts wait for a carrier that is away; without storage nothing works.
        var health = new Health(
            storage ? carrier.FailuresInARow == 0 ? "ok" : "degraded" : "down",
            [
                new Dependency("storage", storage ? "ok" : "down", null),
                new Dependency("carrier", (carrier.FailuresInARow, carrier.LastAnswerAt) switch { ( > 0, _) => "failing", (_, null) => "unknown", _ => "ok" }, carrier.LastAnswerAt),
            ]);
        return TypedResults.Json(health, ApiJson.Options, statusCode: storage ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private sealed record Health(string Status, IReadOnlyList<Dependency> Dependencies);

    private sealed record Dependency(string Name, string Status, DateTimeOffset? LastAnswerAt);
}
