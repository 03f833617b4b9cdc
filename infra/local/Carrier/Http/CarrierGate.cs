using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serverless.Local.Carrier.Faults;

namespace Serverless.Local.Carrier.Http;

/// <summary>What every call of the service's own goes through: faults, version, signature; and on the way back, faults again.</summary>
internal sealed class CarrierGate(SignatureCheck signatures, FaultInjector faults, TimeProvider time)
{
    /// <summary>Of the answers that are lost, the share that is held back until the caller gives up; the others' connection is cut.</summary>
    private const double HeldBackShare = 0.2;

    private static readonly TimeSpan HeldBackFor = TimeSpan.FromSeconds(20);

    private static readonly FrozenSet<string> Versions = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "2021-01-29", "2021-03-07", "2022-07-07", "2024-01-02", "2024-02-05", "2024-12-10-preview", "2025-05-29-preview",
        "2025-08-01-preview", "2025-09-17", "2026-01-23");

    /// <param name="handle">Gets the body, and does the work.</param>
    /// <param name="canLoseAnswer">Whether what was done can be left unanswered.</param>
    public RequestDelegate Guard(Func<HttpContext, byte[], Task<IResult>> handle, bool canLoseAnswer = false) => async context =>
    {
        try
        {
            var answer = await AnswerAsync(context, handle);
            if (faults.Settings.LatencyMs is > 0 and var latency)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(latency), time, context.RequestAborted);
            }
            var isLost = canLoseAnswer && answer is JsonAnswer<Sending.SendAnswer> && faults.Happens(faults.Settings.DropResponseRate);
            await (isLost ? LoseAnswerAsync(context) : answer.ExecuteAsync(context));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
    };

    private async Task<IResult> AnswerAsync(HttpContext context, Func<HttpContext, byte[], Task<IResult>> handle)
    {
        var body = await RequestBody.ReadAsync(context.Request);
        if (faults.Happens(faults.Settings.ErrorRate))
        {
            return faults.Share() < 0.5
                ? Answers.Error(500, "InternalServerError", "The server encountered an internal error.")
                : Answers.Error(503, "ServiceUnavailable", "The service is temporarily unavailable.");
        }
        if (FindVersionFault(context.Request.Query["api-version"].ToString()) is { } versionFault) return versionFault;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return signatures.FindFault(context.Request, target, body) is { } fault ? Answers.Denied(fault) : await handle(context, body);
    }

    private static IResult? FindVersionFault(string version)
    {
        if (version.Length == 0) return Answers.Error(400, "ApiVersionUnspecified", "An API version is required, but was not specified.");
        return Versions.Contains(version) ? null : Answers.Error(400, "UnsupportedApiVersion", "The API version is not supported.");
    }

    private async Task LoseAnswerAsync(HttpContext context)
    {
        if (faults.Share() < HeldBackShare) await Task.Delay(HeldBackFor, time, context.RequestAborted);
        context.Abort();
    }
}
