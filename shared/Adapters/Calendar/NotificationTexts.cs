using Serverless.Contacts;
using Serverless.Messages;
using Serverless.Settings;

namespace Serverless.Calendar;

/// <summary>Words the texts about events, and hands them over.</summary>
public sealed class NotificationTexts(
    ContactTable contacts,
    NumberTable numbers,
    MessageTable messages,
    MessageSender sender,
    NotificationLogTable log,
    TextMessagingSettings settings,
    TimeProvider time)
{
    private const int AtOnce = 16;

    /// <summary>Words what is to be told; nothing while texts are off.</summary>
    public async Task<NotificationBatch> ComposeAsync(string eventId, string name, IReadOnlyList<Notice> notices, CancellationToken cancellationToken)
    {
        var from = await settings.GetAsync(cancellationToken) is { On: true, Number: { } number } on ? (number, SenderOf(on)) : ((PhoneNumber, NotificationSender)?)null;
        var ids = from is null ? [] : notices.Select(notice => notice.Attendee.ContactId).Distinct().ToList();
        var texting = (await contacts.FindAllAsync(ids, cancellationToken))
            .Where(contact => contact?.TextingNumber is not null)
            .ToDictionary(contact => contact!.Id, contact => contact!.TextingNumber!);
        return NotificationBatch.Of(eventId, name, notices, texting, from, time.GetUtcNow());
    }

    /// <summary>As whom the organisation texts.</summary>
    public static NotificationSender SenderOf(TextMessaging on) => new(on.Organisation ?? "", on.Contact ?? "");

    /// <summary>Hands a batch over, each text once however often this is called. Who must not be texted gets a text that failed for that reason.</summary>
    /// <param name="batch">The batch, as it is stored.</param>
    /// <param name="again">Whether some of it may have been handed over before.</param>
    public async Task SendAsync(NotificationBatch batch, bool again)
    {
        if (batch.Notifications.Count == 0) return;
        var sorted = batch.Notifications.Select(notification => notification.To).Distinct().OrderBy(number => number.Value, StringComparer.Ordinal).ToList();
        var logged = log.AddAsync(batch, CancellationToken.None);
        var known = await numbers.FindKnownAsync(sorted, CancellationToken.None);
        await logged; // what finds a text comes before the text
        await Parallel.ForEachAsync(batch.Notifications, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (notification, _) =>
        {
            var id = MessageId.Parse(notification.MessageId);
            if (again && await messages.FindAsync(id, CancellationToken.None) is not null) return;
            var obstacle = known.TryGetValue(notification.To, out var facts) ? MessageDispatcher.Obstacle(facts) : null;
            var command = new SendMessage(notification.To, batch.Texts[notification.Text]) { ContactId = notification.ContactId, Obstacle = obstacle };
            await sender.AcceptAsync(command, batch.From!, id, CancellationToken.None);
        });
    }
}
