using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Serverless.Local.Carrier.Events;
using Serverless.Local.Carrier.Records;
using Serverless.Local.Carrier.Rules;
using Serverless.Local.Carrier.Sending;

namespace Serverless.Local.Carrier.Http;

/// <summary>The service's own calls.</summary>
internal sealed class SmsEndpoints(SmsService service, ReportDesk reports, CarrierStats stats, CarrierOptions options)
{
    /// <summary>How long a send call waits for a report that is to overtake it: a webhook that is away must not hold it up for ever.</summary>
    private static readonly TimeSpan OvertakingWait = TimeSpan.FromSeconds(5);

    public async Task<IResult> SendAsync(HttpContext context, byte[] body)
    {
        if (!RequestBody.TryParse(context, body, CarrierJson.Context.SendRequest, out var request, out var error)) return error;
        if (request.Validate() is { Count: > 0 } errors) return Answers.Invalid(context, errors);
        if (!Owns(request.From!)) return NotOwned();
        var accepted = new List<AcceptedText>();
        var answer = service.Send(request, accepted, out var retryAfter);
        if (answer is null) return Answers.Error(429, "TooManyRequests", "The sender's limit is used up.", retryAfter);
        await OweReportsAsync(accepted);
        return new JsonAnswer<SendAnswer>(StatusCodes.Status202Accepted, answer, CarrierJson.Context.SendAnswer);
    }

    /// <summary>Counts the call, whatever comes of it.</summary>
    public RequestDelegate Counted(RequestDelegate send) => context =>
    {
        stats.CountRequest();
        return send(context);
    };

    public Task<IResult> FindReportAsync(HttpContext context, byte[] _)
    {
        var found = service.FindReport(context.Request.RouteValues["messageId"] as string ?? "");
        return Task.FromResult(found is { } known ? new ReportAnswer(known.Text, known.Report) : Answers.NotFound(context));
    }

    public Func<HttpContext, byte[], Task<IResult>> OptOuts(Func<string, string, OptOutItem> apply) => (context, body) =>
        Task.FromResult(AnswerOptOuts(context, body, apply));

    public OptOutItem AddOptOut(string from, string to)
    {
        service.SetOptOut(from, to, OptOutSources.Api, optedOut: true);
        return new OptOutItem(to, 200);
    }

    public OptOutItem RemoveOptOut(string from, string to)
    {
        service.SetOptOut(from, to, OptOutSources.Api, optedOut: false);
        return new OptOutItem(to, 200);
    }

    public OptOutItem CheckOptOut(string from, string to) => new(to, 200) { IsOptedOut = service.IsOptedOut(from, to) };

    private IResult AnswerOptOuts(HttpContext context, byte[] body, Func<string, string, OptOutItem> apply)
    {
        if (!RequestBody.TryParse(context, body, CarrierJson.Context.OptOutRequest, out var request, out var error)) return error;
        if (request.Validate() is { Count: > 0 } errors) return Answers.Invalid(context, errors);
        if (!Owns(request.From!)) return NotOwned();
        var items = request.Recipients!.Select(each => CarrierNumber.IsRecipient(each!.To)
            ? apply(request.From!, each.To!)
            : new OptOutItem(each.To!, 400) { ErrorMessage = "Invalid recipient phone number format" });
        return new JsonAnswer<OptOutAnswer>(200, new([.. items]), CarrierJson.Context.OptOutAnswer);
    }

    private bool Owns(string from) => options.Numbers is null || options.Numbers.Contains(from);

    private static IResult NotOwned() => Answers.Denied("The from number does not belong to this resource.");

    private async Task OweReportsAsync(List<AcceptedText> accepted)
    {
        var overtaking = accepted.Select(reports.Owe).Where(report => !report.IsCompleted).ToList();
        if (overtaking.Count == 0) return;
        await Task.WhenAny(Task.WhenAll(overtaking), Task.Delay(OvertakingWait, options.TimeProvider));
    }

    /// <summary>A report that is asked for; written as a pushed one is, but with both numbers in E.164.</summary>
    private sealed class ReportAnswer(AcceptedText text, MadeReport report) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CarrierJson.Relaxed });
            json.WriteStartObject();
            ReportEvent.WriteReport(json, EventNames.CamelCase, text, report, text.From);
            json.WriteEndObject();
            json.Flush();
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            await httpContext.Response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted);
        }
    }
}

internal sealed record OptOutRequest
{
    public string? From { get; init; }
    public IReadOnlyList<OptOutRecipient?>? Recipients { get; init; }

    public Dictionary<string, string[]> Validate()
    {
        var errors = new Dictionary<string, string[]>();
        if (!CarrierNumber.IsSender(From)) errors["from"] = ["Invalid From phone number format."];
        if (Recipients is not { Count: >= 1 and <= 100 } || Recipients.Any(each => each?.To is null))
        {
            errors["recipients"] = ["From 1 to 100 recipients are required, each with a to field."];
        }
        return errors;
    }
}

internal sealed record OptOutRecipient(string? To);

internal sealed record OptOutAnswer(IReadOnlyList<OptOutItem> Value);

internal sealed record OptOutItem(string To, int HttpStatusCode)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsOptedOut { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ErrorMessage { get; init; }
}
