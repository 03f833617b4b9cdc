using System.Text.Json;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Storage;

namespace Serverless.Settings;

/// <summary>Whether the organisation texts, and as whom.</summary>
/// <param name="Available">Whether the organisation may have it, where it is and with the plan that it has.</param>
/// <param name="On">Whether texts are sent.</param>
/// <param name="Number">The sender; null while there is none.</param>
/// <param name="Organisation">The organisation's name.</param>
/// <param name="Contact">How people reach it otherwise.</param>
/// <param name="TimeZone">Its IANA zone.</param>
/// <param name="Reminders">When reminders go out.</param>
public sealed record TextMessaging(bool Available, bool On, PhoneNumber? Number, string? Organisation, string? Contact, string? TimeZone, ReminderTimes Reminders);

/// <summary>The settings of text messaging: one row, kept in memory for <see cref="Freshness"/>.</summary>
public sealed class TextMessagingSettings(TableRegistry tables, IOptions<OrganisationOptions> organisation, IOptions<SmsOptions> sms, TimeProvider time)
{
    /// <summary>How long another process may go on with what it read before a change.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    private const string Partition = "settings";
    private const string Row = "text-messaging";

    private readonly LazyTable _table = tables.Table("Settings");
    private readonly Remembered<TextMessaging> _remembered = new(Freshness, time);

    /// <summary>The settings now.</summary>
    public ValueTask<TextMessaging> GetAsync(CancellationToken cancellationToken) =>
        _remembered.GetAsync(async cancelled => (await ReadAsync(await _table.GetAsync(cancelled), cancelled)).Settings, cancellationToken);

    /// <summary>Changes the settings, on whatever they are by now. Safe to repeat where <paramref name="change"/> is.</summary>
    /// <param name="change">Gives the settings after it, or null to leave them; called again when somebody else wrote in between.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The settings as they are now.</returns>
    public async Task<TextMessaging> ChangeAsync(Func<TextMessaging, TextMessaging?> change, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        while (true)
        {
            var (settings, version) = await ReadAsync(table, cancellationToken);
            if (change(settings) is not { } changed || changed == settings) return settings;
            try
            {
                if (version is { } read) await table.UpdateEntityAsync(ToRow(changed), read, TableUpdateMode.Replace, cancellationToken);
                else await table.AddEntityAsync(ToRow(changed), cancellationToken);
                return changed;
            }
            catch (RequestFailedException e) when (StorageFaults.LostRace(e) || StorageFaults.AlreadyExists(e))
            {
            }
            finally
            {
                _remembered.Forget();
            }
        }
    }

    /// <summary>Turns text messaging on; without effect when it is on. Safe to repeat.</summary>
    /// <returns>The settings after it; off still when the organisation may not have it, or there is no number to send from.</returns>
    public Task<TextMessaging> EnableAsync(string name, string contact, string timeZone, CancellationToken cancellationToken) => ChangeAsync(
        now => now.On || !now.Available || sms.Value.Sender is null
            ? null
            : now with { On = true, Number = sms.Value.Sender, Organisation = name, Contact = contact, TimeZone = timeZone },
        cancellationToken);

    private async Task<(TextMessaging Settings, ETag? Version)> ReadAsync(TableClient table, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
        return found.HasValue ? (FromRow(found.Value!), found.Value!.ETag) : (AtFirst(), null);
    }

    private TextMessaging AtFirst()
    {
        var available = organisation.Value.MayText;
        var on = available && !string.IsNullOrEmpty(organisation.Value.Name) && sms.Value.Sender is not null;
        return new TextMessaging(available, on, on ? sms.Value.Sender : null, organisation.Value.Name, organisation.Value.Contact, organisation.Value.TimeZone, ReminderTimes.Default);
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
        organisation.Value.MayText,
        organisation.Value.MayText && row.GetBoolean("On") is true && sms.Value.Sender is not null,
        sms.Value.Sender,
        row.GetString("Organisation"),
        row.GetString("Contact"),
        row.GetString("TimeZone"),
        JsonSerializer.Deserialize<ReminderTimes>(row.GetString("Reminders")!)!);
}
