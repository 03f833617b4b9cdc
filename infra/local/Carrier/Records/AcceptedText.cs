using System.Globalization;
using Serverless.Local.Carrier.Rules;

namespace Serverless.Local.Carrier.Records;

/// <summary>A text that was taken. Many are held, so it is kept small: strings are shared within a call, ids are made when asked for.</summary>
internal sealed class AcceptedText
{
    private const string IdPrefix = "Outgoing_";
    private const string IdSuffix = "_noam";

    public required Guid Id { get; init; }
    public required DateTimeOffset AcceptedAt { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required string Message { get; init; }
    public string? Tag { get; init; }
    public string? RequestId { get; init; }

    /// <summary>1 for the first time that this text was sent to this number; only counted where it matters.</summary>
    public required int Attempt { get; init; }

    /// <summary>Whether the caller asked for reports to be pushed.</summary>
    public required bool WantsReports { get; init; }

    /// <summary>The recipient had opted out when the text was taken.</summary>
    public required bool OptedOut { get; init; }

    /// <summary>How often the same repeatability id came again.</summary>
    public int Replays { get; set; }

    /// <summary>How many of its reports need nothing more to be done for them.</summary>
    public int SettledReports { get; set; }

    /// <summary>The newest report; <see langword="null"/> until there is one.</summary>
    public MadeReport? Report { get; set; }

    /// <summary>Where the next text to the same number is; 0 is nowhere, since it comes after this one.</summary>
    public int NextToSameNumber { get; set; }

    public IReadOnlyList<PlannedReport> Reports => OptedOut ? NumberRules.OptedOut : NumberRules.ReportsOf(To, Attempt);

    public PlannedReport? NextReport => SettledReports < Reports.Count ? Reports[SettledReports] : null;

    /// <summary>Picks the format of the words in its reports: a number always gets the same one.</summary>
    public int Style => To.Sum(character => character - '+');

    public string MessageId => string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}{AcceptedAt.UtcDateTime:yyyyMMddHHmmss}{Id:D}{IdSuffix}");

    /// <summary>The part of a message id that tells texts apart.</summary>
    public static bool TryReadId(string messageId, out Guid id)
    {
        id = default;
        return messageId.StartsWith(IdPrefix, StringComparison.Ordinal)
            && messageId.EndsWith(IdSuffix, StringComparison.Ordinal)
            && messageId.Length == IdPrefix.Length + 14 + 36 + IdSuffix.Length
            && Guid.TryParseExact(messageId.AsSpan(IdPrefix.Length + 14, 36), "D", out id);
    }
}
