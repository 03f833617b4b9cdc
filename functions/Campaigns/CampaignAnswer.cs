using System.Globalization;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>A campaign, as callers see it, in the words of a vocabulary.</summary>
internal sealed record CampaignAnswer
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Text { get; init; }

    public required CampaignStatus Status { get; init; }

    public required bool Archived { get; init; }

    public required CountsView Counts { get; init; }

    public required IReadOnlyList<ChartEntry> Chart { get; init; }

    public required IReadOnlyList<WarningView> Warnings { get; init; }

    public required PauseView? PausedBecause { get; init; }

    public required DateTimeOffset? NextAttemptAt { get; init; }

    public required string? GiveUpAfter { get; init; }

    public required QuietHoursView? QuietHours { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? StartAt { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    public static CampaignAnswer Of(Campaign campaign, CampaignProgress progress, Vocabulary vocabulary) => new()
    {
        Id = campaign.Id.Value,
        Name = campaign.Name,
        Text = campaign.Text,
        Status = campaign.Status,
        Archived = campaign.Archived,
        Counts = CountsView.Of(progress.Counts),
        Chart = ChartEntry.Of(progress.Counts, vocabulary),
        Warnings = WarningView.Of(campaign),
        PausedBecause = campaign is { Status: CampaignStatus.Paused, PausedBecause: { } cause } ? PauseView.Of(cause, vocabulary) : null,
        NextAttemptAt = progress.NextAttemptAt,
        GiveUpAfter = campaign.GiveUpAfter?.ToString("c", CultureInfo.InvariantCulture),
        QuietHours = campaign.QuietHours is { } hours ? QuietHoursView.Of(hours) : null,
        CreatedAt = campaign.CreatedAt,
        StartAt = campaign.StartAt,
        StartedAt = campaign.StartedAt,
        EndedAt = campaign.EndedAt,
    };
}

/// <summary>How many recipients stand where; the nine add up to the total.</summary>
internal sealed record CountsView(int Total, int Scheduled, int Queued, int Sending, int Sent, int Retrying, int PossiblyFailed, int Failed, int Cancelled, int Delivered)
{
    public static CountsView Of(StatusCounts counts) => new(
        counts.Total,
        counts.Scheduled,
        counts.Queued,
        counts.Sending,
        counts.Sent,
        counts.Retrying,
        counts.PossiblyFailed,
        counts.Failed,
        counts.Cancelled,
        counts.Delivered);
}

/// <summary>A slice of the chart: all statuses of one label.</summary>
internal sealed record ChartEntry(string Label, Tone Tone, int Count)
{
    /// <summary>The slices that are not empty, in the order of the statuses. Where the statuses of a label differ in tone, the first counts.</summary>
    public static IReadOnlyList<ChartEntry> Of(StatusCounts counts, Vocabulary vocabulary) =>
    [
        .. Enum.GetValues<MessageStatus>()
            .Where(status => counts.Of(status) > 0)
            .GroupBy(status => Vocabularies.Label(status, vocabulary))
            .Select(slice => new ChartEntry(slice.Key, Vocabularies.Tone(slice.First()), slice.Sum(counts.Of))),
    ];
}

/// <summary>Something that whoever sends a campaign should know.</summary>
internal sealed record WarningView(string Code, int Count, string Detail)
{
    public static IReadOnlyList<WarningView> Of(Campaign campaign) => campaign is { QuietHours: not null, WithoutZone: > 0 and var count }
        ? [new WarningView("zone_unknown", count, "Nobody knows where these live: their quiet hours are those of the organisation's own zone.")]
        : [];
}

/// <summary>Why a campaign paused by itself, in the words of a vocabulary.</summary>
internal sealed record PauseView(PauseCause Code, string Label, string Advice)
{
    public static PauseView Of(PauseCause cause, Vocabulary vocabulary) => cause switch
    {
        PauseCause.SenderMisconfigured => Of(cause, FailureReason.SenderMisconfigured, vocabulary),
        PauseCause.SenderNotVerified => Of(cause, FailureReason.SenderNotVerified, vocabulary),
        PauseCause.TooManyFailures => new PauseView(cause, "Too many failures", "Look at the reasons of those who failed. Resume when what is behind them is put right."),
        PauseCause.TextMessagingOff => new PauseView(cause, "Text messaging is off", "An administrator turns it on. Resume then."),
        _ => throw new InvalidOperationException($"No words for {cause}."),
    };

    private static PauseView Of(PauseCause cause, FailureReason reason, Vocabulary vocabulary) =>
        new(cause, Vocabularies.Label(reason, MessageStatus.Failed, vocabulary), FailureReasons.AdviceOf(reason));
}

/// <summary>Hours of the day.</summary>
internal sealed record QuietHoursView(string From, string To)
{
    public static QuietHoursView Of(QuietHours hours) => new(Text(hours.From), Text(hours.To));

    private static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
