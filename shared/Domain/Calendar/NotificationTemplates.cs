using Serverless.Campaigns;
using Serverless.Messages;

namespace Serverless.Calendar;

/// <summary>Who texts about an event.</summary>
/// <param name="Organisation">The organisation's name.</param>
/// <param name="Contact">How people reach it otherwise.</param>
public sealed record NotificationSender(string Organisation, string Contact);

/// <summary>The words of the texts about events. They cannot be changed, and by themselves need no other alphabet than GSM-7.</summary>
public static class NotificationTemplates
{
    private static readonly Dictionary<NotificationKind, TextTemplate> s_all = new()
    {
        [NotificationKind.Created] = TextTemplate.Parse("{{organisation}}: You are invited to {{title}} on {{time}}{{place??}}. Reply Y to confirm or N to decline. Questions? {{contact}}"),
        [NotificationKind.Updated] = TextTemplate.Parse("{{organisation}}: Changed: {{title}} is on {{time}}{{place??}}. {{answer??Reply Y to confirm or N to decline.}} Questions? {{contact}}"),
        [NotificationKind.Cancelled] = TextTemplate.Parse("{{organisation}}: Cancelled: {{title}} on {{time}}{{place??}}. Questions? {{contact}}"),
        [NotificationKind.Reminder] = TextTemplate.Parse("{{organisation}}: Reminder: {{title}} is on {{time}}{{place??}}. Questions? {{contact}}"),
    };

    /// <summary>The template of each kind, with places for what differs between events, and for what is not known of the sender.</summary>
    public static IEnumerable<(NotificationKind Kind, string Text)> All(NotificationSender sender) => s_all
        .OrderBy(template => template.Key)
        .Select(template => (template.Key, Fill(Fill(template.Value.Text, "{{organisation}}", sender.Organisation), "{{contact}}", sender.Contact)));

    /// <summary>The segments of the longest text that an event may lead to.</summary>
    public static int MostSegments(CalendarEvent about, NotificationSender sender) => s_all.Keys
        .Max(kind => SmsText.CountSegments(Render(new Notice(kind, new Attendee("", NotifyByText: true), about), sender)));

    /// <summary>The text that somebody gets.</summary>
    public static string Render(Notice notice, NotificationSender sender)
    {
        var about = notice.About;
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["organisation"] = sender.Organisation,
            ["contact"] = sender.Contact,
            ["title"] = about.Title,
            ["time"] = about.Start.InWords,
        };
        if (about.Location is { } place) fields["place"] = $", {place}";
        // Who has answered is not asked again unless the time changed: their answer would not be taken for one.
        if (notice.Attendee.Confirmation is Confirmation.Confirmed) fields["answer"] = "You have confirmed.";
        if (notice.Attendee.Confirmation is Confirmation.Declined) fields["answer"] = "You have declined.";
        return s_all[notice.Kind].Render(fields);
    }

    private static string Fill(string text, string place, string value) => value.Length == 0 ? text : text.Replace(place, value, StringComparison.Ordinal);
}
