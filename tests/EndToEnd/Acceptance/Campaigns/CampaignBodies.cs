namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>A campaign as the API shows it.</summary>
public sealed record CampaignBody(
    string Id,
    string Name,
    string Text,
    string Status,
    bool Archived,
    CountsBody Counts,
    IReadOnlyList<ChartEntry> Chart,
    IReadOnlyList<WarningBody> Warnings,
    ReasonBody? PausedBecause,
    DateTimeOffset? NextAttemptAt,
    string? GiveUpAfter,
    QuietHoursBody? QuietHours,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt)
{
    /// <summary>Asserts what holds for every answer, at any moment.</summary>
    public CampaignBody Consistent()
    {
        Assert.Equal(Counts.Total, Counts.Sum);
        Assert.All(Counts.All, count => Assert.True(count >= 0, $"A count is below zero: {Counts}"));
        Assert.Equal(Counts.Total, Chart.Sum(entry => entry.Count));
        Assert.All(Chart, entry => Assert.True(entry.Count > 0, $"The chart has an empty entry: {entry}"));
        Assert.Equal(Chart.Count, Chart.Select(entry => entry.Label).Distinct().Count());
        Assert.Equal(Status is "Complete" or "Closed", EndedAt is not null);
        return this;
    }
}

public sealed record CountsBody(int Total, int Scheduled, int Queued, int Sending, int Sent, int Retrying, int PossiblyFailed, int Failed, int Cancelled, int Delivered)
{
    public int[] All => [Scheduled, Queued, Sending, Sent, Retrying, PossiblyFailed, Failed, Cancelled, Delivered];

    public int Sum => All.Sum();

    public int Settled => PossiblyFailed + Failed + Cancelled + Delivered;
}

public sealed record ChartEntry(string Label, string Tone, int Count);

public sealed record WarningBody(string Code, int Count, string Detail);

public sealed record QuietHoursBody(string From, string To);

/// <summary>A recipient as the list shows it.</summary>
public sealed record RecipientRow(
    string To,
    string? ContactId,
    IReadOnlyDictionary<string, string>? Fields,
    string Status,
    string Label,
    string Tone,
    ReasonBody? Reason,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? UpdatedAt,
    string? LateOutcome)
{
    public bool IsSettled => Statuses.IsSettled(Status);
}

/// <summary>A recipient alone, with each attempt.</summary>
public sealed record RecipientBody(
    string To,
    string? ContactId,
    IReadOnlyDictionary<string, string>? Fields,
    string Status,
    string Label,
    string Tone,
    ReasonBody? Reason,
    IReadOnlyList<AttemptBody> Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? UpdatedAt,
    string? LateOutcome)
{
    public bool IsSettled => Statuses.IsSettled(Status);

    public int Rank => Statuses.Rank(Status);
}

public sealed record UploadBody(int Accepted, int Duplicates, IReadOnlyList<RejectedRow> Rejected, int RejectedCount);

public sealed record RejectedRow(int Row, string? To, string Code, string Detail);

public sealed record PreviewBody(string Text, int Segments);

public sealed record CampaignEstimateBody(
    int Recipients,
    int Segments,
    LongestBody? Longest,
    IReadOnlyList<MissingFieldBody> MissingFields,
    IReadOnlyList<CampaignCulpritBody> Culprits,
    decimal? Cost);

public sealed record LongestBody(string To, int Segments);

public sealed record MissingFieldBody(string To, string Field);

public sealed record CampaignCulpritBody(string Character, int? At, string? To, string? Field);

public sealed record ResentBody(int Queued, int Skipped);
