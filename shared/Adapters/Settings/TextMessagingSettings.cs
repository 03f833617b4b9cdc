using System.Text.Json;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Storage;

namespace Serverless.Settings;

/// <summary>Whether the organisation texts, and as whom.</summary>
/// <param name="On">Whether texts are sent.</param>
/// <param name="Number">The sender; null while there is none.</param>
/// <param name="Organisation">The organisation's name.</param>
/// <param name="Contact">How people reach it otherwise.</param>
/// <param name="TimeZone">Its IANA zone.</param>
/// <param name="Reminders">When reminders go out.</param>
public sealed record TextMessaging(bool On, PhoneNumber? Number, string? Organisation, string? Contact, string? TimeZone, ReminderTimes Reminders);

/// <summary>When reminders of an event go out.</summary>
/// <param name="DaysBefore">How many days before the event; one reminder for each.</param>
/// <param name="At">The time of day, in the event's zone.</param>
public sealed record ReminderTimes(IReadOnlyList<int> DaysBefore, TimeOnly At)
{
    /// <summary>A day before, at nine.</summary>
    public static ReminderTimes Default { get; } = new([1], new TimeOnly(9, 0));
}

/// <summary>The settings of text messaging: one row, kept in memory for <see cref="Freshness"/>.</summary>
public sealed class TextMessagingSettings(TableRegistry tables, IOptions<OrganisationOptions> organisation, IOptions<SmsOptions> sms, TimeProvider time)
{
    /// <summary>How long another process may go on with what it read before a change.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    private const string Partition = "settings";
    private const string Row = "text-messaging";

    private readonly LazyTable _table = tables.Table("Settings");
    private volatile Read? _read;

    /// <summary>The settings now.</summary>
    public async ValueTask<TextMessaging> GetAsync(CancellationToken cancellationToken)
    {
        if (_read is { } read && time.GetUtcNow() - read.ReadAt < Freshness) return read.Settings;
        var readAt = time.GetUtcNow();
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
        return Keep(found.HasValue ? FromRow(found.Value!) : AtFirst(), readAt);
    }

    /// <summary>Turns text messaging on; without effect when it is on. Safe to repeat.</summary>
    /// <returns>The settings after it; null when there is no sender number.</returns>
    public async Task<TextMessaging?> EnableAsync(string name, string contact, string timeZone, CancellationToken cancellationToken)
    {
        _read = null;
        var now = await GetAsync(cancellationToken);
        if (now.On) return now;
        if (sms.Value.Sender is not { } sender) return null;
        var settings = now with { On = true, Number = sender, Organisation = name, Contact = contact, TimeZone = timeZone };
        var table = await _table.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(ToRow(settings), TableUpdateMode.Replace, cancellationToken);
        return Keep(settings, time.GetUtcNow());
    }

    private TextMessaging Keep(TextMessaging settings, DateTimeOffset readAt)
    {
        _read = new Read(settings, readAt);
        return settings;
    }

    private TextMessaging AtFirst()
    {
        var on = !string.IsNullOrEmpty(organisation.Value.Name) && sms.Value.Sender is not null;
        return new TextMessaging(on, on ? sms.Value.Sender : null, organisation.Value.Name, organisation.Value.Contact, organisation.Value.TimeZone, ReminderTimes.Default);
    }

    private static TableEntity ToRow(TextMessaging settings) => new(Partition, Row)
    {
        ["On"] = settings.On,
        ["Organisation"] = settings.Organisation ?? "",
        ["Contact"] = settings.Contact ?? "",
        ["TimeZone"] = settings.TimeZone ?? "",
        ["Reminders"] = JsonSerializer.Serialize(settings.Reminders),
    };

    // The number is not stored: texts come from that of the configuration.
    private TextMessaging FromRow(TableEntity row) => new(
        row.GetBoolean("On") is true && sms.Value.Sender is not null,
        sms.Value.Sender,
        row.GetString("Organisation"),
        row.GetString("Contact"),
        row.GetString("TimeZone"),
        JsonSerializer.Deserialize<ReminderTimes>(row.GetString("Reminders")!)!);

    private sealed record Read(TextMessaging Settings, DateTimeOffset ReadAt);
}
