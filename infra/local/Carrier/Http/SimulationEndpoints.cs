using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Serverless.Local.Carrier.Events;
using Serverless.Local.Carrier.Faults;
using Serverless.Local.Carrier.Records;
using Serverless.Local.Carrier.Rules;
using Serverless.Local.Carrier.Sending;

namespace Serverless.Local.Carrier.Http;

/// <summary>To look inside and to steer. Nothing here exists in the real service, and nothing here is signed.</summary>
internal sealed class SimulationEndpoints(
    SmsService service, ReportDesk reports, EventSubscription incoming, FaultInjector faults, CarrierStats stats, CarrierOptions options)
{
    public IResult ListTexts(HttpContext context)
    {
        var query = context.Request.Query;
        if (!TryReadNumber(query["limit"], 50, 1, 1000, out var limit)) return Answers.Invalid(context, "limit", "must be from 1 to 1000");
        if (!TryReadNumber(query["cursor"], 0, 0, int.MaxValue, out var start)) return Answers.Invalid(context, "cursor", "is not one of ours");
        var (items, next) = service.Page(ReadTo(query["to"]), start, limit);
        return new JsonAnswer<TextList>(200, new(items, next?.ToString(CultureInfo.InvariantCulture)), CarrierJson.Context.TextList);
    }

    public IResult ReadStats() => new JsonAnswer<StatsAnswer>(200, stats.Read(), CarrierJson.Context.StatsAnswer);

    public IResult ReadFaults() => new JsonAnswer<FaultSettings>(200, faults.Settings, CarrierJson.Context.FaultSettings);

    public async Task<IResult> ReplaceFaultsAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request);
        if (!RequestBody.TryParse(context, body, CarrierJson.Context.FaultSettings, out var settings, out var error)) return error;
        if (settings.Validate() is { Count: > 0 } errors) return Answers.Invalid(context, errors);
        faults.Settings = settings;
        return ReadFaults();
    }

    public IResult ClearFaults()
    {
        faults.Settings = FaultSettings.None;
        return ReadFaults();
    }

    public async Task<IResult> ReceiveAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request);
        if (!RequestBody.TryParse(context, body, CarrierJson.Context.IncomingRequest, out var request, out var error)) return error;
        if (request.Validate() is { Count: > 0 } errors) return Answers.Invalid(context, errors);
        var to = request.To ?? (options.Numbers is [var own, ..] ? own : CarrierOptions.DefaultNumber);
        var text = service.Receive(request.From!, to, request.Message!);
        incoming.Post(new IncomingEvent(text));
        return new JsonAnswer<IncomingAnswer>(202, new(text.MessageId), CarrierJson.Context.IncomingAnswer);
    }

    public IResult Reset()
    {
        faults.Settings = FaultSettings.None;
        reports.Clear();
        incoming.Clear();
        service.Clear();
        return Results.NoContent();
    }

    /// <summary>A plus that was not escaped has become a space.</summary>
    private static string? ReadTo(string? to) => string.IsNullOrWhiteSpace(to) ? null : $"+{to.Trim().TrimStart('+')}";

    private static bool TryReadNumber(string? text, int fallback, int from, int to, out int number)
    {
        number = fallback;
        return string.IsNullOrEmpty(text)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= from && number <= to);
    }
}

internal sealed record TextList(IReadOnlyList<TextRow> Items, string? Next);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record IncomingRequest
{
    public string? From { get; init; }
    public string? To { get; init; }
    public string? Message { get; init; }

    public Dictionary<string, string[]> Validate()
    {
        var errors = new Dictionary<string, string[]>();
        if (!CarrierNumber.IsRecipient(From)) errors["from"] = ["must be a number in E.164"];
        if (To is not null && !CarrierNumber.IsSender(To)) errors["to"] = ["must be a number in E.164 or a short code"];
        if (Message is null) errors["message"] = ["is required"];
        return errors;
    }
}

internal sealed record IncomingAnswer(string MessageId);
