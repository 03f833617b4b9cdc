using System.Net.Http.Headers;
using System.Text.Json;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>What came back for a request.</summary>
public sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, JsonElement Body)
{
    /// <summary>The body as a type, after a check of the status: the body of a surprising answer says more than its number.</summary>
    public T As<T>(int status = 200)
    {
        Is(status);
        return Body.Deserialize<T>(JsonSerializerOptions.Web)!;
    }

    public Answer Is(int status)
    {
        Assert.True(Status == status, $"Expected {status}, got {Status}: {Body}");
        return this;
    }

    /// <summary>Asserts an error as the contract describes it.</summary>
    /// <param name="status">The HTTP status, which the body repeats.</param>
    /// <param name="code">The stable code.</param>
    /// <param name="fields">All fields that are named, in any order.</param>
    public Answer IsProblem(int status, string code, params string[] fields)
    {
        Is(status);
        Assert.Equal("application/problem+json", ContentHeaders.ContentType?.MediaType);
        Assert.Equal((status, code), (Body.GetProperty("status").GetInt32(), Body.GetProperty("code").GetString()));
        Assert.All(["type", "title"], name => Assert.NotEmpty(Body.GetProperty(name).GetString()!));
        var errors = Body.TryGetProperty("errors", out var list) ? list.Deserialize<List<FieldErrorBody>>(JsonSerializerOptions.Web)! : [];
        Assert.Equal(fields.Order(), errors.Select(error => error.Field).Order());
        Assert.All(errors, error => Assert.False(string.IsNullOrEmpty(error.Code) || string.IsNullOrEmpty(error.Detail)));
        return this;
    }

    /// <summary>As <see cref="IsProblem"/>, whatever fields it names.</summary>
    public Answer Refused(int status, string code)
    {
        Is(status);
        Assert.Equal("application/problem+json", ContentHeaders.ContentType?.MediaType);
        Assert.Equal(code, Body.GetProperty("code").GetString());
        return this;
    }

    /// <summary>The fields that an error names, each as often as it is named.</summary>
    public IReadOnlyList<string> ErrorFields => [.. Body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()!)];

    private sealed record FieldErrorBody(string Field, string Code, string Detail);
}

/// <summary>A text as the API shows it.</summary>
public sealed record MessageBody(
    string Id,
    string Direction,
    string From,
    string To,
    string Text,
    string Status,
    string Label,
    string Tone,
    ReasonBody? Reason,
    string? Reference,
    string Encoding,
    int Segments,
    IReadOnlyList<AttemptBody> Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? SendAt,
    DateTimeOffset? ValidUntil,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public bool IsSettled => Statuses.IsSettled(Status);

    public int Rank => Statuses.Rank(Status);
}

internal static class Statuses
{
    public static bool IsSettled(string status) => status is "PossiblyFailed" or "Failed" or "Cancelled" or "Delivered";

    /// <summary>How far a text has come; a status never goes back to a lower one within an attempt.</summary>
    public static int Rank(string status) => status switch
    {
        "Scheduled" => 10,
        "Queued" => 20,
        "Sending" => 30,
        "Sent" => 40,
        "Retrying" => 45,
        "PossiblyFailed" => 70,
        "Failed" or "Cancelled" => 80,
        "Delivered" => 90,
        _ => throw new InvalidOperationException($"There is no status {status}."),
    };
}

public sealed record ReasonBody(string Code, string Label, string Advice);

public sealed record AttemptBody(int Number, DateTimeOffset At, string? Outcome, string? CarrierCode, string? CarrierText, string? CarrierMessageId);

public sealed record NumberBody(string Number, string? LineType, int Unconfirmed, int FailuresInARow, bool OptedOut, bool SuggestOptOut, IReadOnlyList<OptOutEntryBody> OptOuts);

public sealed record OptOutEntryBody(bool OptedOut, DateTimeOffset At, string Source, string? Text, string? Sender, string? MessageId);

public sealed record OptOutBody(string Number, DateTimeOffset Since, string Source, string? Text, string? Sender, string? MessageId);

public sealed record SuggestionBody(string Number, ReasonBody Reason, int FailuresInARow, string? LineType, string? ContactId);

public sealed record SendingBody(PauseWhenBody? PauseWhen);

public sealed record PauseWhenBody(int Settled, double FailedShare);

public sealed record TextMessagingBody(string Status, string? Number, string? Organisation, string? Contact, string? TimeZone);

public sealed record EstimateBody(string Encoding, int Characters, int Segments, int PerSegment, IReadOnlyList<CulpritBody> Culprits, string? Suggestion);

public sealed record CulpritBody(string Character, int At);

public sealed record UnmatchedReportBody(string Id, DateTimeOffset ReceivedAt, int Tries, JsonElement Event);

public sealed record PageBody<T>(IReadOnlyList<T> Items, string? Next);

public sealed record ReferenceBody(string Vocabulary, IReadOnlyList<StatusMeaning> Statuses, IReadOnlyList<ReasonMeaning> Reasons)
{
    public StatusMeaning Status(string status) => Statuses.Single(row => row.Status == status);

    public ReasonMeaning Reason(string code) => Reasons.Single(row => row.Code == code);
}

public sealed record StatusMeaning(string Status, string Label, string Meaning, string Tone);

public sealed record ReasonMeaning(string Code, string Label, string Advice);

/// <summary>A text as the carrier took it.</summary>
public sealed record CarrierText(string MessageId, string From, string To, string Message, string? Tag, string? RepeatabilityRequestId, DateTimeOffset AcceptedAt, int Replays);

public sealed record CarrierStats(int Requests, int Accepted, int Replayed, int Refused, int Throttled, int Reports, int ReportDeliveries);
