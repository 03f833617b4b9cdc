using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Calendar;

/// <summary>A text about an event to one person.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="ContactId">Whom it tells.</param>
/// <param name="To">Where it goes: the contact's texting number when that was decided.</param>
/// <param name="MessageId">The id of the text, decided before it is made, so that it is made once.</param>
/// <param name="Text">Which of <see cref="NotificationBatch.Texts"/> it is.</param>
public sealed record Notification(NotificationKind Kind, string ContactId, PhoneNumber To, string MessageId, int Text);

/// <summary>
/// The texts of one change of an event, or of one of its reminders. Written in one transaction with the event: from then on they are to
/// go out, whatever happens, and as they were worded then.
/// </summary>
public sealed record NotificationBatch
{
    /// <summary>The event.</summary>
    public required string EventId { get; init; }

    /// <summary>Names it among those of its event.</summary>
    public required string Name { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The sender; null where there is nothing to send.</summary>
    public PhoneNumber? From { get; init; }

    /// <summary>The different texts. Private: not for logs.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Who gets which.</summary>
    public IReadOnlyList<Notification> Notifications { get; init; } = [];

    /// <summary>Names the batch of a change.</summary>
    public static string OfVersion(int version) => $"c~{version:D8}";

    /// <summary>Names the batch of a reminder: one for each start and number of days, so that no start is reminded of twice.</summary>
    public static string OfReminder(EventStart start, int daysBefore) => $"r~{start.At.ToUnixTimeSeconds()}~{daysBefore}";

    /// <summary>Words what is to be told.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="name">The name of the batch.</param>
    /// <param name="notices">Who is to be told what; those without a number get nothing.</param>
    /// <param name="numbers">The texting numbers, by contact.</param>
    /// <param name="from">The number to send from, and as whom; null where texts are off, so that nobody gets any.</param>
    /// <param name="at">When.</param>
    internal static NotificationBatch Of(
        string eventId, string name, IEnumerable<Notice> notices, IReadOnlyDictionary<string, PhoneNumber> numbers, (PhoneNumber Number, NotificationSender Sender)? from, DateTimeOffset at)
    {
        var batch = new NotificationBatch { EventId = eventId, Name = name, At = at };
        if (from is not var (number, sender)) return batch;
        var texts = new List<string>();
        var notifications = new List<Notification>();
        foreach (var notice in notices)
        {
            if (!numbers.TryGetValue(notice.Attendee.ContactId, out var to)) continue;
            var id = MessageId.Of(to, at, $"{eventId}~{name}~{notice.Kind}~{notice.Attendee.ContactId}");
            notifications.Add(new Notification(notice.Kind, notice.Attendee.ContactId, to, id.Value, IndexOf(texts, NotificationTemplates.Render(notice, sender))));
        }
        return batch with { From = number, Texts = texts, Notifications = notifications };
    }

    private static int IndexOf(List<string> texts, string text)
    {
        if (texts.IndexOf(text) is >= 0 and var known) return known;
        texts.Add(text);
        return texts.Count - 1;
    }
}
