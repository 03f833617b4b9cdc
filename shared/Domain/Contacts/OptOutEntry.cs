using System.Text.Json.Serialization;

namespace Serverless.Contacts;

/// <summary>Who or what opted a number out, or in again.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OptOutSource>))]
public enum OptOutSource
{
    /// <summary>The person, by a keyword such as STOP.</summary>
    [JsonStringEnumMemberName("keyword")]
    Keyword = 1,

    /// <summary>The carrier said so when a text was sent.</summary>
    [JsonStringEnumMemberName("carrier")]
    Carrier = 2,

    /// <summary>Somebody of the organisation, by a call of the API.</summary>
    [JsonStringEnumMemberName("person")]
    Person = 3,
}

/// <summary>That somebody opted out or in: what there is to show for it.</summary>
/// <param name="OptedOut">Whether out, or in again.</param>
/// <param name="At">When.</param>
/// <param name="Source">By whom or what.</param>
/// <param name="Text">What was said: the person's text, the carrier's words, or a note; null when nothing was.</param>
/// <param name="Sender">Towards which of the organisation's numbers; null when that is not known.</param>
/// <param name="MessageId">The carrier's id of the text that said it, or that was refused for it; null where there is none.</param>
public sealed record OptOutEntry(bool OptedOut, DateTimeOffset At, OptOutSource Source, string? Text, PhoneNumber? Sender, string? MessageId);
