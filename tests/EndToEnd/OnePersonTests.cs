using System.Globalization;
using System.Net.Http.Json;
using Serverless.Tests.EndToEnd.Acceptance;
using Serverless.Tests.EndToEnd.Acceptance.Calendar;

namespace Serverless.Tests.EndToEnd;

/// <summary>
/// What one person lives through with an organisation, from the first invitation to the last text, while the Function App is killed at
/// each turn. Each text comes once, and all of it is on record.
/// </summary>
public sealed class OnePersonTests
{
    [Fact]
    public async Task Invited_confirmed_moved_reminded_cancelled_opted_out_and_in_again()
    {
        await using var system = await LocalSystem.StartAsync(new Dictionary<string, string>
        {
            ["Delivery__SafetyNet"] = "00:00:05",
            ["Dispatch__Schedule"] = "* * * * * *",
            ["Sms__RatePerMinute"] = "0",
        });
        var client = new Client(system);
        var number = client.Number("0100");
        var contact = (await client.PostAsync("contacts", new { name = "Kim Person", numbers = new[] { new { number, texting = true } } })).Is(201).Body.GetProperty("id").GetString()!;
        var thread = $"conversations/{contact}/messages";
        var texts = 0;

        // An invitation, answered while the app is down.
        var attendees = new[] { new { contactId = contact, notifyByText = true } };
        var startsAt = DateTime.UtcNow.Date.AddDays(20).AddHours(10);
        var made = (await client.PostAsync("events", new { title = "Signing", startsAt = Local(startsAt), timeZone = "UTC", attendees })).Is(201);
        var address = $"events/{made.Body.GetProperty("id").GetString()}";
        Assert.Contains("Signing", await NextTextAsync(), StringComparison.Ordinal);
        await system.StopAppAsync();
        await SayAsync("Y");
        await system.StartAppAsync();
        await ConfirmationIsAsync("Confirmed");

        // A change, with a kill behind it: the person is asked again, and answers again.
        startsAt = startsAt.AddMinutes(30);
        (await client.PutAsync(address, new { title = "Signing", startsAt = Local(startsAt), timeZone = "UTC", attendees })).Is(200);
        await system.KillAppAsync();
        await NextTextAsync();
        await ConfirmationIsAsync("None");
        await SayAsync(" yes ");
        await ConfirmationIsAsync("Confirmed");

        // The reminder, moved by the settings, with a kill when it is due.
        var dueAt = CalendarClient.NextMinuteAfter(DateTimeOffset.UtcNow.AddSeconds(20));
        var reminders = new { daysBefore = new[] { (startsAt.Date - dueAt.Date).Days }, at = dueAt.ToString("HH:mm", CultureInfo.InvariantCulture) };
        (await client.PutAsync("settings/text-messaging/reminders", reminders)).Is(200);
        await Eventually.PassedAsync(dueAt);
        await system.KillAppAsync();
        Assert.Contains("Reminder", await NextTextAsync(), StringComparison.Ordinal);

        // The cancellation, asked for twice.
        (await client.CallAsync(HttpMethod.Delete, address)).Is(200);
        (await client.CallAsync(HttpMethod.Delete, address)).Is(200);
        Assert.Contains("Cancelled", await NextTextAsync(), StringComparison.Ordinal);
        string[] kinds = ["Created", "Updated", "Reminder", "Cancelled"];
        await Eventually.TrueAsync(async () => (await client.GetAsync(address)).Body.GetProperty("notifications").EnumerateArray().All(each => each.GetProperty("status").GetString() == "Delivered"));
        Assert.Equal(kinds.Order(), (await client.GetAsync(address)).Body.GetProperty("notifications").EnumerateArray().Select(each => each.GetProperty("kind").GetString()!).Order());

        // No more texts, also when the app was killed since.
        await SayAsync("Stop.");
        await Eventually.TrueAsync(async () => await client.OptOutAsync(number) is { Source: "keyword" });
        await system.KillAppAsync();
        (await client.PostAsync(thread, new { text = "Are you there?" })).IsProblem(422, "opted_out", "to");

        // And again.
        await SayAsync("START");
        await Eventually.TrueAsync(async () => await client.OptOutAsync(number) is null);
        (await client.PostAsync(thread, new { text = "Welcome back" })).Is(202);
        Assert.Equal("Welcome back", await NextTextAsync());
        await SayAsync("Thanks! 🎉");
        await Eventually.TrueAsync(async () => (await client.GetAsync("conversations/badge")).Body.GetProperty("unread").GetInt32() == 1);

        // All of it is on record, once: also what the app was killed over, which the carrier brings again.
        string[] said = ["Thanks! 🎉", "START", "Stop.", " yes ", "Y"];
        await Eventually.TrueAsync(async () => (await RecordAsync("incoming")).Count >= said.Length);
        Assert.Equal(said, await RecordAsync("incoming"));
        var outgoing = await RecordAsync("outgoing");
        Assert.Equal(texts, outgoing.Count);
        var sent = await client.TextsToAsync(number);
        Assert.Equal(sent.Select(text => text.Message).Reverse(), outgoing);
        Assert.Equal(sent.Count, sent.Select(text => text.RepeatabilityRequestId).Distinct().Count());

        // The texts of a direction, newest first.
        async Task<List<string>> RecordAsync(string direction) =>
            [.. (await client.GetAsync($"{thread}?limit=100")).Is(200).Body.GetProperty("items").EnumerateArray()
                .Where(text => text.GetProperty("direction").GetString() == direction)
                .Select(text => text.GetProperty("text").GetString()!)];

        async Task SayAsync(string words) => (await system.Carrier.PostAsJsonAsync("_sim/incoming", new { from = number, message = words })).EnsureSuccessStatusCode();

        Task ConfirmationIsAsync(string expected) =>
            Eventually.TrueAsync(async () => (await client.GetAsync(address)).Is(200).Body.GetProperty("attendees")[0].GetProperty("confirmation").GetString() == expected);

        // The next text, and no more than that one.
        async Task<string> NextTextAsync()
        {
            texts++;
            var sent = await Eventually.GetAsync(async () => await client.TextsToAsync(number) is { Count: var count } found && count >= texts ? found : null);
            Assert.Equal(texts, sent.Count);
            return sent[^1].Message;
        }
    }

    private static string Local(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
