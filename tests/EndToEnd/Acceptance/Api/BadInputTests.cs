using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Serverless.Tests.EndToEnd.Acceptance.Api;

/// <summary>Whatever is wrong with a request is named, and leaves no trace: nothing is stored, nothing is sent.</summary>
[Collection(PatientSystem.Group)]
public sealed class BadInputTests(PatientSystem patient)
{
    private const int BodyLimit = 64 * 1024;
    private const string To = "+12505550142";

    private readonly Client _client = patient.Client;

    /// <summary>Bodies of <c>POST /messages</c>.</summary>
    public static TheoryData<string, int, string, string[]> Bodies => new()
    {
        { "", 400, "malformed_json", [] },
        { "   ", 400, "malformed_json", [] },
        { "{", 400, "malformed_json", [] },
        { "null", 400, "malformed_json", [] },
        { "[]", 400, "malformed_json", [] },
        { "1", 400, "malformed_json", [] },
        { "\"text\"", 400, "malformed_json", [] },
        { Body("\"Hello\"") + "x", 400, "malformed_json", [] },
        { $$"""{"to":"{{To}}","text":"Hello",}""", 400, "malformed_json", [] },
        { $$"""{"to":"{{To}}",/* why */"text":"Hello"}""", 400, "malformed_json", [] },
        { $$"""{'to':'{{To}}','text':'Hello'}""", 400, "malformed_json", [] },
        { $$"""{"to":"{{To}}","text":"Hello","text":"Bye"}""", 400, "malformed_json", [] },
        { Body("\"\u0007\""), 400, "malformed_json", [] }, // JSON itself does not allow it unless it is escaped
        { Body("\"\\ud83d\""), 400, "wrong_type", ["text"] }, // half a surrogate pair is no text
        { Body("\"\\udc4d\""), 400, "wrong_type", ["text"] },
        { Body("\"Hello\"", ",\"reference\":\"\\ud83d\""), 400, "wrong_type", ["reference"] },
        { """{"to":"\ud83d","text":"Hello"}""", 400, "wrong_type", ["to"] },
        { Body("\"Hello\"", ",\"\\ud83d\":1"), 400, "malformed_json", [] },
        { Body("\"Hello\"", ",\"sendat\":null"), 400, "unknown_field", ["sendat"] },
        { Body("\"Hello\"", ",\"From\":\"+16045550100\""), 400, "unknown_field", ["From"] },
        { Body("5"), 400, "wrong_type", ["text"] },
        { Body("[\"Hello\"]"), 400, "wrong_type", ["text"] },
        { Body("{\"en\":\"Hello\"}"), 400, "wrong_type", ["text"] },
        { """{"to":16045550142,"text":"Hello"}""", 400, "wrong_type", ["to"] },
        { """{"to":["+12505550142"],"text":"Hello"}""", 400, "wrong_type", ["to"] },
        { Body("\"Hello\"", ",\"reference\":true"), 400, "wrong_type", ["reference"] },
        { Body("\"Hello\"", ",\"sendAt\":4102444800"), 400, "wrong_type", ["sendAt"] },
        { Body("\"Hello\"", ",\"sendAt\":\"tomorrow\""), 400, "wrong_type", ["sendAt"] },
        { Body("\"Hello\"", ",\"sendAt\":\"\""), 400, "wrong_type", ["sendAt"] },
        { Body("\"Hello\"", ",\"sendAt\":\"2100-01-01\""), 400, "wrong_type", ["sendAt"] },
        { Body("\"Hello\"", ",\"sendAt\":\"2100-01-01T00:00:00\""), 400, "wrong_type", ["sendAt"] },
        { Body("\"Hello\"", ",\"sendAt\":\"2100-02-30T00:00:00Z\""), 400, "wrong_type", ["sendAt"] },
        { Body("\"Hello\"", ",\"validUntil\":\"2100-01-01T00:00:00\""), 400, "wrong_type", ["validUntil"] },
        { Body("null"), 422, "text_empty", ["text"] },
        { Body("\"\""), 422, "text_empty", ["text"] },
        { Body("\" \\n\\t \""), 422, "text_empty", ["text"] },
        { $$"""{"to":"{{To}}"}""", 422, "text_empty", ["text"] },
        { Body($"\"{new string('a', 1531)}\""), 422, "text_too_long", ["text"] },
        { Body($"\"{new string('ж', 671)}\""), 422, "text_too_long", ["text"] },
        { Body("\"a\\u0000b\""), 422, "control_character", ["text"] },
        { Body("\"a\\u0007b\""), 422, "control_character", ["text"] },
        { Body("\"a\\u001bb\""), 422, "control_character", ["text"] },
        { Body("\"a\\u0085b\""), 422, "control_character", ["text"] },
        { Body("\"a\\u202eb\""), 422, "control_character", ["text"] },
        { """{"text":"Hello"}""", 422, "missing_field", ["to"] },
        { """{"to":null,"contactId":null,"text":"Hello"}""", 422, "missing_field", ["to"] },
        { Body("\"Hello\"", ",\"contactId\":\"somebody\""), 422, "to_and_contact", ["contactId"] },
        { """{"contactId":"nobody","text":"Hello"}""", 422, "contact_not_found", ["contactId"] },
        { Body("\"Hello\"", ",\"sendAt\":\"2020-01-01T00:00:00Z\""), 422, "send_at_in_past", ["sendAt"] },
        { Body("\"Hello\"", ",\"sendAt\":\"2020-01-01T00:00:00+02:00\""), 422, "send_at_in_past", ["sendAt"] },
        { Body("\"Hello\"", ",\"validUntil\":\"2020-01-01T00:00:00Z\""), 422, "valid_until_too_early", ["validUntil"] },
        { Body("\"Hello\"", ",\"sendAt\":\"2100-01-01T00:00:00Z\",\"validUntil\":\"2100-01-01T00:00:00Z\""), 422, "valid_until_too_early", ["validUntil"] },
        { Body("\"Hello\"", $",\"reference\":\"{new string('r', 201)}\""), 422, "reference_too_long", ["reference"] },
        { """{"to":"nobody","text":"","sendAt":"2020-01-01T00:00:00Z"}""", 422, "invalid_number", ["to", "text", "sendAt"] },
    };

    public static TheoryData<string> InvalidNumbers =>
    [
        "", " ", "nobody", "+", "911", "555-0100", "+1 604 123", "+1 111 555 0100", "+1 604 155 0100", "+1 604 411 0100", "604555010", "60455501000", "+16045550100x5",
        "+1604555010O", "+１６０４５５５０１００", "6045550100,6045550101", "6045550100 6045550101", "+1 604 555 1212", "+", "\n", "null", "+1900555010", "+19005550100",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_text_with_a_bad_body_is_refused(string body, int status, string code, string[] fields) =>
        await AssertNoTraceAsync(async () => (await _client.PostAsync("messages", body)).IsProblem(status, code, fields));

    [Theory]
    [MemberData(nameof(InvalidNumbers))]
    public async Task A_text_to_what_is_no_number_is_refused(string to) =>
        await AssertNoTraceAsync(async () => (await _client.PostAsync("messages", new { to, text = "Hello" })).IsProblem(422, "invalid_number", "to"));

    [Theory]
    [InlineData("+442079460123")]
    [InlineData("011 44 20 7946 0123")]
    [InlineData("+1 876 555 0100")]
    [InlineData("+1 809 555 0100")]
    public async Task S2_2_Only_numbers_of_the_United_States_and_Canada_can_be_texted(string to) =>
        await AssertNoTraceAsync(async () => (await _client.PostAsync("messages", new { to, text = "Hello" })).IsProblem(422, "unsupported_country", "to"));

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes($$"""{"to":"{{To}}","text":"Caf"""), 0xE9, .. "\"}"u8];

        await AssertNoTraceAsync(async () => (await _client.PostAsync("messages", body)).IsProblem(400, "wrong_type", "text"));
    }

    [Fact]
    public async Task A_deeply_nested_body_is_refused() =>
        await AssertNoTraceAsync(async () => (await _client.PostAsync("messages", Body(new string('[', 20_000) + new string(']', 20_000)))).IsProblem(400, "malformed_json"));

    [Theory]
    [InlineData("messages")]
    [InlineData("messages/estimate")]
    [InlineData("appeals")]
    [InlineData("settings/text-messaging/enable")]
    public async Task Too_large_a_body_is_refused_whether_it_says_its_length_or_not(string address)
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('a', BodyLimit)}}"}""");
        await AssertNoTraceAsync(async () =>
        {
            (await _client.PostAsync(address, bytes)).IsProblem(413, "body_too_large");
            using var chunked = new StreamContent(new MemoryStream(bytes)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            chunked.Headers.ContentLength = null;
            using var unsized = new UnsizedContent(chunked);
            (await _client.PostAsync(address, unsized)).IsProblem(413, "body_too_large");
        });
    }

    [Theory]
    [InlineData(1530, 'a')]
    [InlineData(670, 'ж')]
    public async Task The_longest_text_that_may_be_sent_is_sent(int length, char character)
    {
        var sent = await _client.SendAsync(_client.Number("0102"), new string(character, length));

        Assert.Equal(10, sent.Segments);
        Assert.Equal("Delivered", (await _client.SettledAsync(sent.Id)).Status);
    }

    [Fact]
    public async Task What_people_write_arrives_as_it_was_written()
    {
        const string Text = "Line 1\r\nLine 2\tÀ bientôt, 你好, שלום, 👨‍👩‍👧 <b>&amp;\"'\\ {{name}} %s";

        var accepted = await _client.SendAsync(_client.Number("0102"), Text);

        Assert.Equal(Text, (await _client.SettledAsync(accepted.Id)).Text);
        Assert.Equal(Text, Assert.Single(await _client.TextsToAsync(accepted.To)).Message);
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    [InlineData("9999-12-31T23:59:59.999+00:00")]
    public async Task A_text_may_be_scheduled_for_the_end_of_time(string sendAt)
    {
        var to = _client.Number("0102");

        var scheduled = (await _client.PostAsync("messages", $$"""{"to":"{{to}}","text":"Goodbye","sendAt":"{{sendAt}}","validUntil":null}""")).As<MessageBody>(202);

        Assert.Equal(("Scheduled", 9999), (scheduled.Status, scheduled.SendAt!.Value.Year));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("tab\tbed")]
    public async Task A_bad_idempotency_key_is_refused(string key) =>
        await AssertNoTraceAsync(async () => (await _client.PostAsync("messages", Body("\"Hello\""), ("Idempotency-Key", key))).IsProblem(400, "invalid_idempotency_key", "Idempotency-Key"));

    [Fact]
    public async Task An_idempotency_key_may_have_128_characters_and_not_one_more()
    {
        await AssertNoTraceAsync(async () =>
            (await _client.PostAsync("messages", Body("\"Hello\""), ("Idempotency-Key", new string('k', 129)))).IsProblem(400, "invalid_idempotency_key", "Idempotency-Key"));

        (await _client.PostAsync("messages", new { to = _client.Number("0102"), text = "Hello" }, ("Idempotency-Key", new string('k', 128)))).Is(202);
    }

    [Fact]
    public async Task Two_idempotency_keys_are_refused() => await AssertNoTraceAsync(async () =>
        (await _client.PostAsync("messages", Body("\"Hello\""), ("Idempotency-Key", "one"), ("Idempotency-Key", "two"))).IsProblem(400, "invalid_idempotency_key", "Idempotency-Key"));

    [Theory]
    [InlineData("{\"to\":\"+12505550142\",\"text\":\"\"}", 422, "text_empty", "text")]
    [InlineData("{\"to\":\"nobody\",\"text\":\"Hello\"}", 422, "invalid_number", "to")]
    [InlineData("{\"to\":\"+12505550142\",\"text\":\"Hello\",\"cc\":1}", 400, "unknown_field", "cc")]
    public async Task A_refused_request_does_not_use_up_its_idempotency_key(string refused, int status, string code, string field)
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        (await _client.PostAsync("messages", refused, key)).IsProblem(status, code, field);

        var accepted = (await _client.PostAsync("messages", new { to = _client.Number("0103"), text = "Hello" }, key)).Is(202);

        Assert.False(accepted.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task A_key_that_was_used_for_another_kind_of_request_or_another_body_is_refused()
    {
        var (key, to) = (("Idempotency-Key", Guid.NewGuid().ToString()), _client.Number("4005"));
        var blocked = (await _client.PostAsync("messages", new { to, text = "Hello" }, key)).As<MessageBody>(202);
        await _client.SettledAsync(blocked.Id);

        await AssertNoTraceAsync(async () =>
        {
            (await _client.PostAsync("messages", new { to, text = "hello" }, key)).IsProblem(422, "idempotency_key_reused");
            (await _client.PostAsync("messages", new { to = To, text = "Hello" }, key)).IsProblem(422, "idempotency_key_reused");
            (await _client.PostAsync("messages", new { to, text = "Hello", reference = "1" }, key)).IsProblem(422, "idempotency_key_reused");
            (await _client.PostAsync("messages", new { to, text = "" }, key)).IsProblem(422, "idempotency_key_reused");
            var appeal = new { messageId = blocked.Id, website = "x", contentType = "x", examples = new[] { "x" }, optedIn = "x", relationship = "x" };
            (await _client.PostAsync("appeals", appeal, key)).IsProblem(422, "idempotency_key_reused");
            Assert.Equal(blocked.Id, (await _client.PostAsync("messages", $$"""{ "text" : "Hello", "to" : "{{to}}" }""", key)).As<MessageBody>(202).Id);
        });
        Assert.Single(await _client.TextsToAsync(to));
    }

    [Theory]
    [InlineData("GET", "messages?vocabulary=law", "vocabulary")]
    [InlineData("GET", "messages?vocabulary=Office", "vocabulary")]
    [InlineData("GET", "reference/statuses?vocabulary=law", "vocabulary")]
    [InlineData("POST", "messages?vocabulary=law", "vocabulary")]
    [InlineData("GET", "messages?limit=0", "limit")]
    [InlineData("GET", "messages?limit=1001", "limit")]
    [InlineData("GET", "messages?limit=-1", "limit")]
    [InlineData("GET", "messages?limit=1.5", "limit")]
    [InlineData("GET", "messages?limit=ten", "limit")]
    [InlineData("GET", "messages?limit=99999999999", "limit")]
    [InlineData("GET", "unmatched-reports?limit=0", "limit")]
    [InlineData("GET", "messages?status=Read", "status")]
    [InlineData("GET", "messages?status=80", "status")]
    [InlineData("GET", "messages?status=Failed,Sent", "status")]
    [InlineData("GET", "messages?reason=Bad", "reason")]
    [InlineData("GET", "messages?direction=sideways", "direction")]
    [InlineData("GET", "messages?to=nobody", "to")]
    [InlineData("GET", "messages?to=%2B442079460123", "to")]
    [InlineData("GET", "messages?since=yesterday", "since")]
    [InlineData("GET", "messages?since=2026-12-01T18:00:00", "since")]
    [InlineData("GET", "messages?until=2026-12-01", "until")]
    public async Task A_bad_parameter_is_named(string method, string address, string parameter) => await AssertNoTraceAsync(async () =>
        (await _client.CallAsync(new HttpMethod(method), address, method == "POST" ? Body("\"Hello\"") : null)).IsProblem(400, "invalid_parameter", parameter));

    [Theory]
    [InlineData("messages?cursor=x")]
    [InlineData("messages?cursor=%00")]
    [InlineData("messages?cursor=' or 1 eq 1")]
    [InlineData("messages?cursor=vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv")]
    [InlineData("messages?to=%2B16045550100&cursor=vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv")]
    [InlineData("unmatched-reports?cursor=x")]
    [InlineData("unmatched-reports?cursor=ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    public async Task A_bad_cursor_is_named(string address) => (await _client.GetAsync(address)).IsProblem(400, "invalid_cursor", "cursor");

    [Fact]
    public async Task A_cursor_of_another_list_is_refused()
    {
        var (mine, other) = (_client.Number("0104"), _client.Number("0104"));
        foreach (var to in new[] { mine, mine }) await _client.SendAsync(to);
        var cursor = (await _client.GetAsync($"messages?to={Uri.EscapeDataString(mine)}&limit=1")).As<PageBody<MessageBody>>().Next;

        (await _client.GetAsync($"messages?to={Uri.EscapeDataString(other)}&cursor={cursor}")).IsProblem(400, "invalid_cursor", "cursor");
    }

    [Theory]
    [InlineData("GET", "messages/{0}")]
    [InlineData("POST", "messages/{0}/resend")]
    [InlineData("POST", "messages/{0}/cancel")]
    [InlineData("GET", "messages/{0}/appeal")]
    [InlineData("GET", "appeals/{0}")]
    public async Task An_unknown_id_is_not_found(string method, string address)
    {
        foreach (var id in new[] { "x", "00000000-0000-0000-0000-000000000000", new string('0', 42), new string('v', 42), new string('0', 41) + "%27", new string('a', 2000), "0123456789abcdef0123456789abcdef", "..%2F" })
        {
            (await _client.CallAsync(new HttpMethod(method), string.Format(CultureInfo.InvariantCulture, address, id))).IsProblem(404, "not_found");
        }
    }

    [Theory]
    [InlineData("{\"force\":1}", "wrong_type", "force")]
    [InlineData("{\"force\":\"yes\"}", "wrong_type", "force")]
    [InlineData("{\"forced\":true}", "unknown_field", "forced")]
    public async Task A_bad_body_of_a_resend_is_refused(string body, string code, string field)
    {
        var failed = await _client.SettledAsync((await _client.SendAsync(_client.Number("4005"))).Id);

        await AssertNoTraceAsync(async () =>
        {
            (await _client.PostAsync($"messages/{failed.Id}/resend", body)).IsProblem(400, code, field);
            (await _client.PostAsync($"messages/{failed.Id}/resend", "[]")).IsProblem(400, "malformed_json");
        });
        Assert.Single((await _client.MessageAsync(failed.Id)).Attempts);
    }

    [Fact]
    public async Task What_cannot_be_sent_again_or_taken_back_says_so()
    {
        var waiting = await _client.SendAsync(_client.Number("0105"), sendAt: DateTimeOffset.UtcNow.AddHours(1));
        var delivered = await _client.SettledAsync((await _client.SendAsync(_client.Number("0105"))).Id);
        var gone = await _client.SettledAsync((await _client.SendAsync(_client.Number("4004"))).Id);

        await AssertNoTraceAsync(async () =>
        {
            foreach (var id in new[] { waiting.Id, delivered.Id, gone.Id }) (await _client.PostAsync($"messages/{id}/resend")).IsProblem(409, "not_resendable");
            foreach (var id in new[] { waiting.Id, delivered.Id }) (await _client.PostAsync($"messages/{id}/resend", new { force = true })).IsProblem(409, "not_resendable");
            foreach (var id in new[] { delivered.Id, gone.Id }) (await _client.PostAsync($"messages/{id}/cancel")).IsProblem(409, "too_late");
        });
        Assert.Equal(2, (await _client.PostAsync($"messages/{gone.Id}/resend", new { force = true })).As<MessageBody>(202).Attempts.Count);
    }

    [Theory]
    [InlineData("{}", 422, "missing_field", "text")]
    [InlineData("{\"text\":null}", 422, "missing_field", "text")]
    [InlineData("{\"text\":1}", 400, "wrong_type", "text")]
    [InlineData("{\"text\":\"x\",\"to\":\"x\"}", 400, "unknown_field", "to")]
    public async Task A_bad_estimate_is_refused(string body, int status, string code, string field) => (await _client.PostAsync("messages/estimate", body)).IsProblem(status, code, field);

    [Theory]
    [InlineData("{\"lineType\":\"rotary\"}", "wrong_type", "lineType")]
    [InlineData("{\"lineType\":2}", "wrong_type", "lineType")]
    [InlineData("{\"lineType\":\"2\"}", "wrong_type", "lineType")]
    [InlineData("{\"lineType\":\"mobile,landline\"}", "wrong_type", "lineType")]
    [InlineData("{\"lineType\":true}", "wrong_type", "lineType")]
    [InlineData("{\"lineType\":\"\"}", "wrong_type", "lineType")]
    [InlineData("{\"line_type\":\"mobile\"}", "unknown_field", "line_type")]
    public async Task A_bad_fact_about_a_number_is_refused(string body, string code, string field)
    {
        var number = _client.Number("0106");

        (await _client.CallAsync(HttpMethod.Put, $"numbers/{number}", body)).IsProblem(400, code, field);

        Assert.Null((await _client.AboutAsync(number)).LineType);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task What_is_no_number_has_no_facts(string method)
    {
        foreach (var (number, code) in new[] { ("nobody", "invalid_number"), ("+1604", "invalid_number"), ("+442079460123", "unsupported_country") })
        {
            (await _client.CallAsync(new HttpMethod(method), $"numbers/{number}", method == "PUT" ? new { lineType = "mobile" } : null)).IsProblem(422, code, "number");
        }
    }

    [Theory]
    [InlineData("""{}""", 422, "missing_field", "organisation", "contact", "timeZone")]
    [InlineData("""{"organisation":" ","contact":"office@example.org","timeZone":"America/Vancouver"}""", 422, "missing_field", "organisation")]
    [InlineData("""{"organisation":"A\u0007","contact":"office@example.org","timeZone":"America/Vancouver"}""", 422, "invalid_organisation", "organisation")]
    [InlineData("""{"organisation":"A","contact":"nobody","timeZone":"America/Vancouver"}""", 422, "invalid_contact", "contact")]
    [InlineData("""{"organisation":"A","contact":"office@example.org","timeZone":"Pacific Standard Time"}""", 422, "unknown_time_zone", "timeZone")]
    [InlineData("""{"organisation":"A","contact":"office@example.org","timeZone":"America/Nowhere"}""", 422, "unknown_time_zone", "timeZone")]
    [InlineData("""{"organisation":"A","contact":"office@example.org","timeZone":"../../etc/passwd"}""", 422, "unknown_time_zone", "timeZone")]
    [InlineData("""{"organisation":1,"contact":"office@example.org","timeZone":"America/Vancouver"}""", 400, "wrong_type", "organisation")]
    [InlineData("""{"organisation":"A","contact":"office@example.org","timeZone":"America/Vancouver","number":"+16045550100"}""", 400, "unknown_field", "number")]
    public async Task Bad_settings_are_refused(string body, int status, string code, params string[] fields)
    {
        var before = await _client.SettingsAsync();

        (await _client.PostAsync("settings/text-messaging/enable", body)).IsProblem(status, code, fields);

        Assert.Equal(before, await _client.SettingsAsync());
    }

    [Theory]
    [InlineData("messageId", "5")]
    [InlineData("website", "[]")]
    [InlineData("examples", "\"one\"")]
    public async Task A_bad_fact_of_an_appeal_is_refused(string field, string value) =>
        (await _client.PostAsync("appeals", $$"""{"{{field}}":{{value}}}""")).IsProblem(400, "wrong_type", field);

    [Theory]
    [InlineData("[1]")]
    [InlineData("[null]")]
    public async Task Examples_of_an_appeal_have_to_be_texts(string examples)
    {
        var answer = await _client.PostAsync("appeals", $$"""{"messageId":"x","website":"x","contentType":"x","examples":{{examples}},"optedIn":"x","relationship":"x"}""");

        Assert.InRange(answer.Status, 400, 422);
        Assert.StartsWith("examples", answer.Body.GetProperty("errors")[0].GetProperty("field").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE", "messages", "GET", "POST")]
    [InlineData("PUT", "messages/00000000000000000000000000000000000000000000", "GET")]
    [InlineData("GET", "messages/x/resend", "POST")]
    [InlineData("GET", "messages/x/cancel", "POST")]
    [InlineData("POST", "messages/x/appeal", "GET")]
    [InlineData("GET", "appeals", "POST")]
    [InlineData("DELETE", "numbers/+16045550100", "GET", "PUT")]
    [InlineData("POST", "reference/statuses", "GET")]
    [InlineData("PUT", "settings/text-messaging", "GET")]
    [InlineData("GET", "settings/text-messaging/enable", "POST")]
    [InlineData("POST", "opt-outs", "GET")]
    [InlineData("GET", "opt-outs/+16045550100", "DELETE", "PUT")]
    [InlineData("POST", "settings/sending", "GET", "PUT")]
    [InlineData("POST", "unmatched-reports", "GET")]
    [InlineData("GET", "unmatched-reports/replay", "POST")]
    [InlineData("POST", "health", "GET")]
    public async Task A_wrong_method_is_refused_and_the_right_ones_are_named(string method, string address, params string[] allowed)
    {
        var answer = (await _client.CallAsync(new HttpMethod(method), address, method is "GET" or "DELETE" ? null : "{}")).IsProblem(405, "method_not_allowed");

        Assert.Equal(allowed.Order(), answer.ContentHeaders.Allow.Order());
    }

    [Theory]
    [InlineData("GET", "message")]
    [InlineData("GET", "")]
    [InlineData("POST", "messages/x/send")]
    [InlineData("GET", "messages/x/y/z")]
    [InlineData("GET", "/messages")]
    [InlineData("POST", "/runtime/webhooks/EventGrid?functionName=Nothing")]
    public async Task An_unknown_address_is_not_found(string method, string address) => (await _client.CallAsync(new HttpMethod(method), address)).IsProblem(404, "not_found");

    private static string Body(string text, string more = "") => $$"""{"to":"{{To}}","text":{{text}}{{more}}}""";

    /// <summary>Nothing else is under way meanwhile, so a text that was stored or sent would show.</summary>
    private async Task AssertNoTraceAsync(Func<Task> attempt)
    {
        var before = (await NewestAsync(), (await _client.CarrierStatsAsync()).Requests);
        await attempt();
        Assert.Equal(before, (await NewestAsync(), (await _client.CarrierStatsAsync()).Requests));
    }

    private async Task<string?> NewestAsync() => (await _client.GetAsync("messages?limit=1")).As<PageBody<MessageBody>>().Items is [var newest] ? newest.Id : null;

    private sealed class UnsizedContent(HttpContent inner) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => inner.CopyToAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
