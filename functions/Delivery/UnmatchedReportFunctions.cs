using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Delivery;

/// <summary>The reports that fit no text.</summary>
public sealed class UnmatchedReportFunctions(UnmatchedReportTable unmatched, ReportIntake intake)
{
    /// <summary><c>GET /unmatched-reports</c>: those that are parked.</summary>
    [Function("ListUnmatchedReports")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "unmatched-reports")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var limit = request.Limit();
        var after = request.Text("cursor");
        if (after is not null && (after.Length != UnmatchedReportTable.IdLength || !after.All(char.IsAsciiHexDigitLower))) return Problems.InvalidCursor();
        var items = await unmatched.ListAsync(after, Math.Min(limit + 1, 1000), cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
        var page = items.Take(limit).Select(View.Of).ToList();
        return Answers.Ok(new ListPage<View>(page, items.Count > limit ? page[^1].Id : null));
    }

    /// <summary><c>POST /unmatched-reports/replay</c>: looks for their texts again. Safe to repeat.</summary>
    [Function("ReplayUnmatchedReports")]
    public async Task<IResult> ReplayAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "unmatched-reports/replay")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (applied, remaining) = await intake.ReplayAsync(cancellationToken);
        return Answers.Ok(new Replay(applied, remaining));
    }

    private sealed record Replay(int Applied, int Remaining);

    private sealed record View(string Id, DateTimeOffset ReceivedAt, int Tries, JsonNode? Event)
    {
        public static View Of(UnmatchedReport report) => new(report.Id, report.ReceivedAt, report.Tries, Read(report.Event));

        /// <summary>The event as JSON; as a string where it is none.</summary>
        private static JsonNode? Read(string json)
        {
            try
            {
                return JsonNode.Parse(json);
            }
            catch (JsonException)
            {
                return JsonValue.Create(json);
            }
        }
    }
}
