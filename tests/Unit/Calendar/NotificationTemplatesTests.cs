using Serverless.Calendar;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Calendar;

public class NotificationTemplatesTests
{
    private static readonly NotificationSender s_sender = new("Example Office", "office@example.org");

    public static TheoryData<NotificationKind> Kinds => [.. Enum.GetValues<NotificationKind>()];

    [Theory]
    [InlineData(NotificationKind.Created, "Example Office: You are invited to Consultation on Tue, Dec 1, 2026 at 10:00 AM, 5 Main St. Reply Y to confirm or N to decline. Questions? office@example.org")]
    [InlineData(NotificationKind.Updated, "Example Office: Changed: Consultation is on Tue, Dec 1, 2026 at 10:00 AM, 5 Main St. Reply Y to confirm or N to decline. Questions? office@example.org")]
    [InlineData(NotificationKind.Cancelled, "Example Office: Cancelled: Consultation on Tue, Dec 1, 2026 at 10:00 AM, 5 Main St. Questions? office@example.org")]
    [InlineData(NotificationKind.Reminder, "Example Office: Reminder: Consultation is on Tue, Dec 1, 2026 at 10:00 AM, 5 Main St. Questions? office@example.org")]
    public void A_text_says_who_what_when_and_where(NotificationKind kind, string text) => Assert.Equal(text, Render(kind, "Consultation", "5 Main St"));

    [Fact]
    public void Where_no_place_is_said_none_is_named() => Assert.Contains("10:00 AM. Reply Y", Render(NotificationKind.Created, "Consultation", null), StringComparison.Ordinal);

    [Theory]
    [InlineData(Confirmation.Confirmed, "You have confirmed.")]
    [InlineData(Confirmation.Declined, "You have declined.")]
    public void Who_has_answered_is_not_asked_again(Confirmation confirmation, string words)
    {
        var text = Render(NotificationKind.Updated, "Consultation", null, confirmation);

        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Reply", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void By_themselves_they_need_no_other_alphabet_and_at_most_two_segments(NotificationKind kind)
    {
        var text = SmsText.Of(Render(kind, "Consultation", "5 Main St"));

        Assert.Equal(SmsEncoding.Gsm7, text.Encoding);
        Assert.True(text.Segments <= 2);
    }

    [Fact]
    public void A_title_that_looks_like_a_placeholder_stays_what_it_is() =>
        Assert.Contains("{{contact}} on", Render(NotificationKind.Cancelled, "{{contact}}", null), StringComparison.Ordinal);

    [Fact]
    public void The_longest_text_counts() =>
        Assert.Equal(
            Enum.GetValues<NotificationKind>().Max(kind => SmsText.CountSegments(Render(kind, new string('é', 200), new string('я', 200)))),
            NotificationTemplates.MostSegments(Event(new string('é', 200), new string('я', 200)), s_sender));

    [Fact]
    public void S1_44_S1_47_There_are_four_and_each_says_how_to_reach_the_organisation()
    {
        var all = NotificationTemplates.All(s_sender).ToList();

        Assert.Equal(Enum.GetValues<NotificationKind>(), all.Select(template => template.Kind));
        Assert.All(all, template => Assert.Contains("office@example.org", template.Text, StringComparison.Ordinal));
        Assert.All(all, template => Assert.StartsWith("Example Office: ", template.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Before_anybody_has_said_who_texts_there_is_a_place_for_it() =>
        Assert.All(NotificationTemplates.All(new NotificationSender("", "")), template => Assert.StartsWith("{{organisation}}: ", template.Text, StringComparison.Ordinal));

    private static string Render(NotificationKind kind, string title, string? location, Confirmation confirmation = Confirmation.None) =>
        NotificationTemplates.Render(new Notice(kind, new Attendee("ann", true) { Confirmation = confirmation }, Event(title, location)), s_sender);

    private static CalendarEvent Event(string title, string? location)
    {
        Assert.True(EventStart.TryParse("2026-12-01T10:00", "America/Vancouver", out var start, out _));
        return EventLifecycle.Create("e", new EventDetails(title, start, location, null, [("ann", true)]), DateTimeOffset.UnixEpoch).Event;
    }
}
