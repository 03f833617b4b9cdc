using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using Serverless.Contacts;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>The body of a request to make a campaign.</summary>
internal sealed record CreateCampaignRequest(
    string? Name = null,
    string? Text = null,
    DateTimeOffset? StartAt = null,
    string? GiveUpAfter = null,
    QuietHoursRequest? QuietHours = null)
{
    /// <summary>Characters of a name.</summary>
    public const int MaxName = 200;

    /// <summary>Characters of a text, placeholders included.</summary>
    public const int MaxText = 5000;

    /// <summary>The campaign; null with the errors when there cannot be one.</summary>
    public Campaign? ToCampaign(CampaignId id, DateTimeOffset now, out IReadOnlyList<FieldError> errors)
    {
        var found = new List<FieldError>();
        found.AddRange(Names.Check("name", Name, MaxName, isNeeded: true));
        if (TextError() is { } inText) found.Add(inText);
        if (StartAt < now) found.Add(new FieldError("startAt", "start_at_in_past", "This time is over."));
        var giveUpAfter = Durations.Read(GiveUpAfter);
        if (GiveUpAfter is not null && giveUpAfter is null) found.Add(new FieldError("giveUpAfter", "invalid_give_up_after", "A time such as 3.00:00:00 or PT72H, longer than zero and at most 365 days."));
        var quietHours = QuietHours?.Read(found);
        errors = found;
        return found.Count > 0 ? null : new Campaign { Id = id, Name = Name!, Text = Text!, StartAt = StartAt, GiveUpAfter = giveUpAfter, QuietHours = quietHours, CreatedAt = now };
    }

    private FieldError? TextError()
    {
        if (SendMessageRequest.WordError(Text) is { } error) return error;
        if (!TextTemplate.TryParse(Text!, out var template, out var problem)) return new FieldError("text", "text_invalid_placeholder", Describe(problem));
        var tooLong = Text!.Length > MaxText || SmsText.CountSegments(template.Render(RecipientFields.None)) > SmsText.MaxSegments;
        return tooLong ? SendMessageRequest.TooLong() : null;
    }

    private static string Describe(InvalidPlaceholder problem) => string.Create(CultureInfo.InvariantCulture, $"The placeholder at {problem.At} {What(problem.Problem)}.");

    private static string What(PlaceholderProblem problem) => problem switch
    {
        PlaceholderProblem.NotClosed => "is not closed by \"}}\"",
        PlaceholderProblem.NoName => "names no field",
        PlaceholderProblem.BraceInside => "has a brace inside",
        _ => throw new InvalidOperationException($"No words for {problem}."),
    };
}

/// <summary>Hours of the day, as they are asked for.</summary>
internal sealed record QuietHoursRequest(string? From = null, string? To = null)
{
    /// <summary>The hours; null with an error when they make no sense.</summary>
    public QuietHours? Read(List<FieldError> errors)
    {
        var (from, to) = (Time("quietHours.from", From, errors), Time("quietHours.to", To, errors));
        if (from is not { } first || to is not { } end) return null;
        if (first != end) return new QuietHours(first, end);
        errors.Add(Invalid("quietHours.to", "The same as \"from\": leave quietHours out when no hours are quiet."));
        return null;
    }

    private static TimeOnly? Time(string field, string? text, List<FieldError> errors)
    {
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time;
        errors.Add(Invalid(field, "A time of day such as 21:00."));
        return null;
    }

    private static FieldError Invalid(string field, string detail) => new(field, "invalid_quiet_hours", detail);
}

/// <summary>Reads how long something may take.</summary>
internal static partial class Durations
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(365);

    /// <summary>Reads "hh:mm:ss", "d.hh:mm:ss" or ISO 8601 in days and less; null for anything else, for none and for more than a year.</summary>
    public static TimeSpan? Read(string? text)
    {
        if (text is null) return null;
        var duration = Iso8601().IsMatch(text) ? XmlConvert.ToTimeSpan(text) : TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var written) ? written : TimeSpan.Zero;
        return duration > TimeSpan.Zero && duration <= s_longest ? duration : null;
    }

    // Months and years are of no certain length. Five digits cannot overflow.
    [GeneratedRegex(@"^P(?=.)([0-9]{1,5}D)?(T(?=.)([0-9]{1,5}H)?([0-9]{1,5}M)?([0-9]{1,8}S)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Iso8601();
}
