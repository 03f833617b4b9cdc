using Serverless.Tests.EndToEnd.Acceptance.Conversations;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Text messaging of a fresh local system.</summary>
[Collection(PatientSystem.Group)]
public sealed class SettingsTests(PatientSystem patient)
{
    private static readonly string[] TollFree = ["800", "833", "844", "855", "866", "877", "888"];

    private readonly Client _client = patient.Client;

    [Fact]
    public async Task S1_2_The_organisation_texts_from_a_toll_free_number_of_its_own()
    {
        var settings = await _client.SettingsAsync();

        Assert.Equal("On", settings.Status);
        Assert.Contains(settings.Number![2..5], TollFree);
        var accepted = await _client.SendAsync(_client.Number("0100"));
        await _client.SettledAsync(accepted.Id);
        Assert.Equal(settings.Number, Assert.Single(await _client.TextsToAsync(accepted.To)).From);
    }

    [Fact]
    public async Task S1_12_Who_has_it_on_already_need_not_set_it_up_again()
    {
        var before = (await _client.GetAsync("settings/text-messaging")).Is(200).Body.GetRawText();

        var again = (await _client.PostAsync("settings/text-messaging/enable", new { organisation = "Other", contact = "other@example.org", timeZone = "America/Toronto" })).Is(200);

        Assert.Equal(before, again.Body.GetRawText());
        Assert.Equal(before, (await _client.GetAsync("settings/text-messaging")).Body.GetRawText());
    }
}

/// <summary>Keys: one for callers, one for administrators, one for Event Grid. Text messaging is off until an administrator turns it on.</summary>
public sealed class KeyTests(KeyTests.LockedSystem locked) : IClassFixture<KeyTests.LockedSystem>
{
    private const string Phone = "+1 604 555 0123";
    private static readonly (string, string) Caller = ("x-functions-key", LockedSystem.FunctionsKey);
    private static readonly (string, string) Administrator = ("x-functions-key", LockedSystem.AdminKey);

    private readonly Client _client = locked.Client;

    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "messages" },
        { "POST", "messages" },
        { "GET", "messages/unknown" },
        { "POST", "messages/unknown/resend" },
        { "POST", "messages/unknown/cancel" },
        { "GET", "messages/unknown/appeal" },
        { "POST", "messages/estimate" },
        { "POST", "appeals" },
        { "GET", "appeals/unknown" },
        { "GET", "numbers/+16045550100" },
        { "PUT", "numbers/+16045550100" },
        { "GET", "reference/statuses" },
        { "GET", "opt-outs" },
        { "GET", "opt-outs/suggestions" },
        { "PUT", "opt-outs/+16045550100" },
        { "DELETE", "opt-outs/+16045550100" },
        { "GET", "settings/text-messaging" },
        { "GET", "settings/sending" },
        { "GET", "contacts" },
        { "GET", "conversations" },
        { "GET", "documents/unknown" },
        { "POST", "incoming-texts" },
        { "GET", "settings/text-messaging/templates" },
        { "GET", "events" },
        { "POST", "events" },
        { "GET", "events/unknown" },
        { "PUT", "events/unknown" },
        { "DELETE", "events/unknown" },
        { "GET", "notifications" },
        { "GET", "unmatched-reports" },
        { "GET", "campaigns" },
        { "POST", "campaigns" },
        { "GET", "campaigns/unknown" },
        { "POST", "campaigns/unknown/recipients" },
        { "POST", "campaigns/unknown/estimate" },
        { "POST", "campaigns/unknown/start" },
        { "POST", "campaigns/unknown/pause" },
        { "POST", "campaigns/unknown/resume" },
        { "POST", "campaigns/unknown/close" },
        { "POST", "campaigns/unknown/archive" },
        { "GET", "campaigns/unknown/recipients" },
        { "GET", "campaigns/unknown/recipients/+16045550100" },
        { "GET", "campaigns/unknown/recipients/+16045550100/preview" },
        { "POST", "campaigns/unknown/recipients/+16045550100/opt-out" },
        { "POST", "campaigns/unknown/recipients/+16045550100/resend" },
        { "POST", "campaigns/unknown/resend-failed" },
        { "GET", "campaigns/unknown/export" },
    };

    public static TheoryData<string, string> AdministratorRoutes => new()
    {
        { "POST", "settings/text-messaging/enable" },
        { "POST", "settings/text-messaging/disable" },
        { "PUT", "settings/text-messaging/contact" },
        { "PUT", "settings/text-messaging/reminders" },
        { "PUT", "settings/sending" },
        { "POST", "unmatched-reports/replay" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    [MemberData(nameof(AdministratorRoutes))]
    public async Task A_call_without_the_right_key_is_refused(string method, string address)
    {
        (await CallAsync(method, address)).IsProblem(401, "unauthorized");
        (await CallAsync(method, address, ("x-functions-key", ""))).IsProblem(401, "unauthorized");
        (await CallAsync(method, address, ("x-functions-key", "wrong"))).IsProblem(401, "unauthorized");
        (await CallAsync(method, address, ("x-functions-key", LockedSystem.EventGridKey))).IsProblem(401, "unauthorized");
        (await CallAsync(method, $"{address}?code=wrong")).IsProblem(401, "unauthorized");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Either_key_in_either_place_opens_what_callers_may_do(string method, string address)
    {
        Assert.NotEqual(401, (await CallAsync(method, address, Caller)).Status);
        Assert.NotEqual(401, (await CallAsync(method, address, Administrator)).Status);
        Assert.NotEqual(401, (await CallAsync(method, $"{address}?code={LockedSystem.FunctionsKey}")).Status);
    }

    [Theory]
    [MemberData(nameof(AdministratorRoutes))]
    public async Task S1_13_A_function_key_does_not_open_what_administrators_do(string method, string address)
    {
        (await CallAsync(method, address, Caller)).IsProblem(401, "unauthorized");
        (await CallAsync(method, $"{address}?code={LockedSystem.FunctionsKey}")).IsProblem(401, "unauthorized");
        Assert.NotEqual(401, (await CallAsync(method, $"{address}?code={LockedSystem.AdminKey}")).Status);
    }

    [Fact]
    public async Task S1_13_Only_administrators_turn_text_messaging_on()
    {
        var before = await SettingsAsync();

        (await EnableAsync("office@example.org", Caller)).IsProblem(401, "unauthorized");

        Assert.Equal(before, await SettingsAsync());
    }

    [Fact]
    public async Task S1_15_Another_way_to_be_reached_must_be_named_and_a_phone_number_will_do()
    {
        var before = await SettingsAsync();
        foreach (var missing in new[] { null, "", "  " }) (await EnableAsync(missing, Administrator)).IsProblem(422, "missing_field", "contact");
        foreach (var bad in new[] { "nobody", "@example.org", "+1 604 555", "Jo <jo@example.org>" }) (await EnableAsync(bad, Administrator)).IsProblem(422, "invalid_contact", "contact");
        Assert.Equal(before, await SettingsAsync());

        var enabled = (await EnableAsync(Phone, Administrator)).As<TextMessagingBody>();

        Assert.Equal(("On", "Harbour Law", Phone, "America/Halifax"), (enabled.Status, enabled.Organisation, enabled.Contact, enabled.TimeZone));
        Assert.Equal(enabled, await SettingsAsync());
    }

    [Fact]
    public async Task Health_needs_no_key() => (await _client.GetAsync("health")).Is(200);

    [Fact]
    public async Task Reports_need_the_key_of_Event_Grid_and_the_carrier_has_it()
    {
        (await EnableAsync(Phone, Administrator)).Is(200);
        (await _client.PushAsync()).IsProblem(401, "unauthorized");

        var accepted = (await _client.PostAsync("messages", new { to = _client.Number("0100"), text = "Hello" }, Caller)).As<MessageBody>(202);

        await Eventually.TrueAsync(async () => (await _client.CallAsync(HttpMethod.Get, $"messages/{accepted.Id}", null, Caller)).As<MessageBody>().Status == "Delivered");
    }

    [Fact]
    public async Task S1_10_Everybody_in_the_organisation_sees_all_texts_and_nobody_else()
    {
        var contact = (await _client.PostAsync("contacts", new { name = "Ann", numbers = new[] { new { number = _client.Number("0100") } } }, Caller)).As<ContactBody>(201);
        (await EnableAsync(Phone, Administrator)).Is(200);
        (await _client.PostAsync($"conversations/{contact.Id}/messages", new { text = "Hello" }, Caller)).Is(202);

        var (one, other) = (await CallAsync("GET", "conversations", Caller), await CallAsync("GET", $"conversations?code={LockedSystem.FunctionsKey}"));

        Assert.Equal(one.Body.GetRawText(), other.Body.GetRawText());
        Assert.Contains(one.As<PageBody<ThreadBody>>().Items, row => row.ContactId == contact.Id);
        (await CallAsync("GET", "conversations")).IsProblem(401, "unauthorized");
        (await CallAsync("GET", $"conversations/{contact.Id}/messages")).IsProblem(401, "unauthorized");
    }

    private Task<Answer> CallAsync(string method, string address, params (string, string)[] headers) => _client.CallAsync(new HttpMethod(method), address, null, headers);

    private Task<Answer> EnableAsync(string? contact, (string, string) key) =>
        _client.PostAsync("settings/text-messaging/enable", new { organisation = "Harbour Law", contact, timeZone = "America/Halifax" }, key);

    private async Task<TextMessagingBody> SettingsAsync() => (await _client.CallAsync(HttpMethod.Get, "settings/text-messaging", null, Caller)).As<TextMessagingBody>();

    public sealed class LockedSystem() : SharedSystem(new()
    {
        ["FUNCTIONS_KEY"] = FunctionsKey,
        ["ADMIN_KEY"] = AdminKey,
        ["EVENTGRID_KEY"] = EventGridKey,
        ["Organisation__Name"] = "",
    })
    {
        public const string FunctionsKey = "for-callers";
        public const string AdminKey = "for-administrators";
        public const string EventGridKey = "for-event-grid";
    }
}

/// <summary>An organisation that has no number at first.</summary>
public sealed class SenderNumberTests
{
    private static readonly object Organisation = new { organisation = "Example Office", contact = "office@example.org", timeZone = "America/Vancouver" };

    [Fact]
    public async Task S1_16_Sending_starts_when_there_is_a_number_and_S1_14_that_is_the_organisations_once_it_is_on()
    {
        var folder = Directory.CreateTempSubdirectory("serverless-").FullName;
        var withoutName = new Dictionary<string, string> { ["Organisation__Name"] = "" };

        await using (var system = await LocalSystem.StartAsync(new Dictionary<string, string>(withoutName) { ["Sms__From"] = "" }, folder))
        {
            var client = new Client(system);
            (await client.PostAsync("settings/text-messaging/enable", Organisation)).IsProblem(409, "no_sender_number");
            Assert.Equal(("Off", null), await client.SettingsAsync() is var off ? (off.Status, off.Number) : default);
            (await client.PostAsync("messages", new { to = client.Number("0100"), text = "Hello" })).IsProblem(422, "text_messaging_off");
        }
        await using (var system = await LocalSystem.StartAsync(withoutName, folder))
        {
            var client = new Client(system);
            (await client.PostAsync("messages", new { to = client.Number("0100"), text = "Hello" })).IsProblem(422, "text_messaging_off");
            (await client.PostAsync("settings/text-messaging/enable", Organisation)).Is(200);
            var settings = await client.SettingsAsync();
            Assert.Equal(("On", "+18335550100", "office@example.org"), (settings.Status, settings.Number, settings.Contact));
            await OffAndOnAgainAsync(client);
            var accepted = await client.SendAsync(client.Number("0100"));
            await client.SettledAsync(accepted.Id);
            Assert.Single(await client.TextsToAsync(accepted.To));
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task OffAndOnAgainAsync(Client client)
    {
        var off = (await client.PostAsync("settings/text-messaging/disable")).As<TextMessagingBody>();
        Assert.Equal(("Off", "Example Office"), (off.Status, off.Organisation));
        (await client.PostAsync("messages", new { to = client.Number("0100"), text = "Hello" })).IsProblem(422, "text_messaging_off");

        var on = (await client.PostAsync("settings/text-messaging/enable", new { organisation = "Example Office", contact = "+1 604 555 0123", timeZone = "America/Toronto" })).As<TextMessagingBody>();
        Assert.Equal(("On", "+18335550100", "+1 604 555 0123", "America/Toronto"), (on.Status, on.Number, on.Contact, on.TimeZone));
    }
}

/// <summary>What a system holds when it is down.</summary>
public sealed class StoredTextTests
{
    private const string Words = "Meet me where we met";

    [Fact]
    public async Task S1_9_Nobody_who_reads_the_storage_reads_what_people_wrote()
    {
        var folder = Directory.CreateTempSubdirectory("serverless-").FullName;
        await using (var system = await LocalSystem.StartAsync(new Dictionary<string, string> { ["Storage__TextKey"] = Convert.ToBase64String(new byte[32]) }, folder))
        {
            var client = new Client(system);
            var sent = (await client.PostAsync("messages", new { to = client.Number("0100"), text = Words }, ("Idempotency-Key", "once"))).As<MessageBody>(202);
            Assert.Equal(Words, (await client.SettledAsync(sent.Id)).Text);
            (await client.PostAsync("campaigns", new { name = "Spring", text = Words })).Is(201);
        }

        var stored = Directory.GetFiles(folder, "*table*", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();

        Assert.Contains(stored, file => file.Contains("enc:", StringComparison.Ordinal));
        Assert.DoesNotContain(stored, file => file.Contains(Words, StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>An organisation whose plan does not come with text messaging.</summary>
public sealed class PlanTests(PlanTests.SmallPlanSystem small) : IClassFixture<PlanTests.SmallPlanSystem>
{
    private readonly Client _client = small.Client;

    [Fact]
    public async Task S1_6_Who_may_not_have_it_is_told_so_and_nothing_is_sent()
    {
        Assert.Equal((false, "Off"), (await _client.GetAsync("settings/text-messaging")).Body is var settings ? (settings.GetProperty("available").GetBoolean(), settings.GetProperty("status").GetString()) : default);
        var to = _client.Number("0100");

        (await _client.PostAsync("settings/text-messaging/enable", new { organisation = "A", contact = "a@example.org", timeZone = "UTC" })).IsProblem(422, "text_messaging_not_available");
        (await _client.PostAsync("messages", new { to, text = "Hello" })).IsProblem(422, "text_messaging_not_available");

        Assert.Empty(await _client.TextsToAsync(to));
    }

    public sealed class SmallPlanSystem() : SharedSystem(new() { ["Organisation__Plan"] = "EasyStart" });
}
