using System.Text.Json.Serialization;

namespace Serverless.Local.Carrier.Records;

/// <summary>One line of the log: something that a restart must not forget.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TextLine), "text")]
[JsonDerivedType(typeof(ReplayLine), "replay")]
[JsonDerivedType(typeof(SettledLine), "settled")]
[JsonDerivedType(typeof(IncomingLine), "incoming")]
[JsonDerivedType(typeof(OptOutLine), "optOut")]
internal abstract record LogLine;

internal sealed record TextLine(
    Guid Id, DateTimeOffset AcceptedAt, string From, string To, string Message, string? Tag, string? RequestId, int Attempt, bool WantsReports, bool OptedOut)
    : LogLine
{
    public static TextLine Of(AcceptedText text) => new(
        text.Id, text.AcceptedAt, text.From, text.To, text.Message, text.Tag, text.RequestId, text.Attempt, text.WantsReports, text.OptedOut);

    /// <param name="share">Gives the one copy of a string that many lines hold.</param>
    public AcceptedText ToText(Func<string, string> share) => new()
    {
        Id = Id,
        AcceptedAt = AcceptedAt,
        From = share(From),
        To = To,
        Message = share(Message),
        Tag = Tag is null ? null : share(Tag),
        RequestId = RequestId,
        Attempt = Attempt,
        WantsReports = WantsReports,
        OptedOut = OptedOut,
    };
}

/// <summary>The same repeatability id came again.</summary>
internal sealed record ReplayLine(Guid Id) : LogLine;

/// <summary>A report, or an incoming text, needs no more pushing.</summary>
/// <param name="Id">Of the text.</param>
/// <param name="At">When the report was made.</param>
internal sealed record SettledLine(Guid Id, DateTimeOffset At) : LogLine;

internal sealed record IncomingLine(IncomingText Text) : LogLine;

internal sealed record OptOutLine(string From, string To, OptOutSources Sources, bool OptedOut) : LogLine;
