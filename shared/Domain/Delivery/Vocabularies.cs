using System.Collections.Frozen;
using Serverless.Messages;
using static Serverless.Delivery.Tone;
using static Serverless.Messages.MessageStatus;

namespace Serverless.Delivery;

/// <summary>What statuses and reasons are called, and how they are shown. Pure look-ups, safe from any thread.</summary>
public static class Vocabularies
{
    // Sales does not follow a text once it has left, so its one word for that has one meaning.
    private const string SalesSent = "sent";
    private const string SalesSentMeaning = "It has left. What became of it is not followed here.";

    private static readonly Row[] s_rows =
    [
        new(Scheduled, new("Scheduled", "Sent", "scheduled", "Unknown", "Scheduled"), Yellow, Settled: false,
            "Waits for its time, or for the end of quiet hours."),
        new(Queued, new("Queued", "Sent", "outbox", "Unknown", "Still in Queue"), Yellow, Settled: false,
            "Waits for its turn to be sent."),
        new(Sending, new("Sending", "Sent", "outbox", "Unknown", "Still in Queue"), Yellow, Settled: false,
            "Is being handed to the carrier."),
        new(Sent, new("Sent", "Sent", SalesSent, "Unknown", "Pending"), Yellow, Settled: false,
            "Has left. The carrier has not yet said whether it arrived: look again later."),
        new(Retrying, new("Retrying", "Sent", SalesSent, "Unknown", "Pending"), Yellow, Settled: false,
            "Did not get through yet. It is sent again by itself: look again later."),
        new(PossiblyFailed, new("Possibly failed", "Possibly failed: check with contact", SalesSent, "Unknown", "Failed"), Red, Settled: true,
            "Nobody can tell whether it arrived. Check with the person."),
        new(Failed, new("Failed", "Failed", "error", "Failed", "Failed"), Red, Settled: true,
            "Did not arrive, and is not sent again by itself. The reason says why."),
        new(Cancelled, new("Cancelled", "Cancelled", "draft", "Cancelled", "Cancelled"), Grey, Settled: true,
            "Taken back before it was sent."),
        new(Delivered, new("Delivered", "Delivered", SalesSent, "Delivered", "Delivered"), Green, Settled: true,
            "Arrived on the person's phone."),
    ];

    private static readonly FrozenDictionary<MessageStatus, Row> s_byStatus = s_rows.ToFrozenDictionary(row => row.Status);

    /// <summary>Finds a vocabulary by the name that a request gives.</summary>
    /// <param name="name">A name in lower case, letter for letter; null or empty asks for <see cref="Vocabulary.Standard"/>.</param>
    /// <param name="vocabulary">The vocabulary found; <see cref="Vocabulary.Standard"/> if there is none of that name.</param>
    /// <returns>Whether there is one of that name.</returns>
    public static bool TryParse(string? name, out Vocabulary vocabulary)
    {
        Vocabulary? found = name switch
        {
            null or "" or "standard" => Vocabulary.Standard,
            "office" => Vocabulary.Office,
            "sales" => Vocabulary.Sales,
            "marketing" => Vocabulary.Marketing,
            "school" => Vocabulary.School,
            _ => null,
        };
        vocabulary = found ?? Vocabulary.Standard;
        return found is not null;
    }

    /// <summary>The name that <see cref="TryParse"/> takes.</summary>
    public static string NameOf(Vocabulary vocabulary) => s_names.In(vocabulary);

    /// <summary>What the vocabulary calls the status. Several statuses may share a label.</summary>
    public static string Label(MessageStatus status, Vocabulary vocabulary) => Of(status).Labels.In(vocabulary);

    /// <summary>
    /// What the vocabulary calls the reason beside that status: to a school, whatever is going to be tried again is only that.
    /// </summary>
    public static string Label(FailureReason reason, MessageStatus status, Vocabulary vocabulary)
    {
        var label = FailureReasons.LabelsOf(reason).In(vocabulary);
        return vocabulary is Vocabulary.School && status is Retrying ? FailureReasons.ReattemptingDelivery : label;
    }

    /// <summary>The colour of the status; the same in every vocabulary.</summary>
    public static Tone Tone(MessageStatus status) => Of(status).Tone;

    /// <summary>Explains every status and every reason.</summary>
    public static VocabularyDescription Describe(Vocabulary vocabulary) => new(
        NameOf(vocabulary),
        [.. s_rows.Select(row => Describe(row, vocabulary))],
        [.. FailureReasons.All.Select(reason => Describe(reason, vocabulary))]);

    private static readonly Labels s_names = new("standard", "office", "sales", "marketing", "school");

    private static StatusDescription Describe(Row row, Vocabulary vocabulary)
    {
        var label = row.Labels.In(vocabulary);
        var meaning = vocabulary is Vocabulary.Sales && label is SalesSent ? SalesSentMeaning : row.Meaning;
        return new(row.Status, label, meaning, row.Tone, row.Settled);
    }

    private static ReasonDescription Describe(FailureReason reason, Vocabulary vocabulary) => new(
        reason,
        Label(reason, Failed, vocabulary),
        FailureReasons.AdviceOf(reason),
        FailureReasons.ClassOf(reason));

    private static Row Of(MessageStatus status) => s_byStatus.TryGetValue(status, out var row)
        ? row
        : throw new ArgumentOutOfRangeException(nameof(status), status, "No such status.");

    private sealed record Row(MessageStatus Status, Labels Labels, Tone Tone, bool Settled, string Meaning);
}
