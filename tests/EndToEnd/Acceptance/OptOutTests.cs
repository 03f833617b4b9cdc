namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Who must not be texted.</summary>
[Collection(PatientSystem.Group)]
public sealed class OptOutTests(PatientSystem patient)
{
    private readonly Client _client = patient.Client;

    [Fact]
    public async Task S3_17_B_24_Who_was_opted_out_by_hand_is_listed_and_texted_no_more()
    {
        var number = _client.Number("0170");
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);

        var put = (await PutAsync(number, new { text = "Asked at the desk" })).As<OptOutBody>();

        Assert.Equal((number, "person", "Asked at the desk"), (put.Number, put.Source, put.Text));
        Assert.InRange(put.Since, before, DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal(put, await _client.OptOutAsync(number));
        Assert.True((await _client.AboutAsync(number)).OptedOut);
        (await _client.PostAsync("messages", new { to = number, text = "Hello" })).IsProblem(422, "opted_out", "to");
        Assert.Empty(await _client.TextsToAsync(number));
    }

    [Fact]
    public async Task A_repeat_changes_nothing()
    {
        var number = _client.Number("0171");
        var first = (await PutAsync(number, new { text = "First" })).As<OptOutBody>();

        Assert.Equal(first, (await PutAsync(number, new { text = "Second" })).As<OptOutBody>());
        Assert.Equal(first, (await PutAsync(number)).As<OptOutBody>());

        (await DeleteAsync(number)).Is(204);
        (await DeleteAsync(number)).Is(204);
        Assert.Null(await _client.OptOutAsync(number));
    }

    [Fact]
    public async Task Who_opted_in_again_is_texted_again()
    {
        var number = _client.Number("0172");
        (await PutAsync(number)).Is(200);

        (await DeleteAsync(number)).Is(204);

        Assert.False((await _client.AboutAsync(number)).OptedOut);
        var delivered = await _client.SettledAsync((await _client.SendAsync(number)).Id);
        Assert.Equal("Delivered", delivered.Status);
    }

    [Fact]
    public async Task Opting_in_leaves_what_else_is_known_of_a_number()
    {
        var number = _client.Number("0173");
        (await _client.CallAsync(HttpMethod.Put, $"numbers/{number}", new { lineType = "mobile" })).Is(200);
        (await PutAsync(number)).Is(200);

        (await DeleteAsync(number)).Is(204);

        Assert.Equal("mobile", (await _client.AboutAsync(number)).LineType);
    }

    [Fact]
    public async Task A_text_that_waits_for_its_time_is_not_sent_to_who_opted_out_meanwhile()
    {
        var accepted = await _client.SendAsync(_client.Number("0174"), sendAt: DateTimeOffset.UtcNow.AddSeconds(20));
        (await PutAsync(accepted.To)).Is(200);

        var failed = await _client.SettledAsync(accepted.Id);

        Assert.Equal(("Failed", "OptedOut", 0), (failed.Status, failed.Reason?.Code, failed.Attempts.Count));
        Assert.Empty(await _client.TextsToAsync(accepted.To));
    }

    [Fact]
    public async Task S4_17_Who_opted_out_with_the_carrier_is_listed_as_such()
    {
        var message = await _client.SettledAsync((await _client.SendAsync(_client.Number("4007"))).Id);

        var optOut = await Eventually.GetAsync(() => _client.OptOutAsync(message.To));

        Assert.Equal("carrier", optOut.Source);
        Assert.InRange(optOut.Since, message.CreatedAt.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task Each_is_on_exactly_one_page_in_the_order_of_the_numbers(int limit)
    {
        var mine = Enumerable.Range(0, 5).Select(_ => _client.Number("0175")).ToList();
        foreach (var number in mine) (await PutAsync(number)).Is(200);

        var listed = new List<string>();
        string? next = null;
        do
        {
            var page = (await _client.GetAsync($"opt-outs?limit={limit}&cursor={next}")).As<PageBody<OptOutBody>>();
            Assert.True(page.Items.Count == limit || page.Next is null);
            listed.AddRange(page.Items.Select(item => item.Number));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(listed.Order(StringComparer.Ordinal).Distinct(), listed);
        Assert.Empty(mine.Except(listed));
    }

    [Fact]
    public async Task Any_spelling_of_a_number_will_do()
    {
        var number = _client.Number("0176");

        Assert.Equal(number, (await PutAsync($"({number[2..5]})%20{number[5..8]}-{number[8..]}")).As<OptOutBody>().Number);
        (await DeleteAsync(number[2..])).Is(204);

        Assert.Null(await _client.OptOutAsync(number));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task What_is_no_number_is_refused(string method)
    {
        foreach (var (number, code) in new[] { ("nobody", "invalid_number"), ("+1604", "invalid_number"), ("+442079460123", "unsupported_country") })
        {
            (await _client.CallAsync(new HttpMethod(method), $"opt-outs/{number}")).IsProblem(422, code, "number");
        }
    }

    [Theory]
    [InlineData("[]", 400, "malformed_json")]
    [InlineData("{\"text\":1}", 400, "wrong_type", "text")]
    [InlineData("{\"source\":\"carrier\"}", 400, "unknown_field", "source")]
    public async Task A_bad_body_is_refused_and_opts_nobody_out(string body, int status, string code, params string[] fields)
    {
        const string number = "+12505550177";

        (await PutAsync(number, body)).IsProblem(status, code, fields);

        Assert.Null(await _client.OptOutAsync(number));
    }

    [Fact]
    public async Task Too_long_a_text_is_refused()
    {
        var number = _client.Number("0178");
        (await PutAsync(number, new { text = new string('a', 1001) })).IsProblem(422, "text_too_long", "text");
        Assert.Null(await _client.OptOutAsync(number));

        var longest = new string('é', 1000);
        Assert.Equal(longest, (await PutAsync(number, new { text = longest })).As<OptOutBody>().Text);
        Assert.Equal(longest, (await _client.OptOutAsync(number))?.Text);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("604")]
    [InlineData("%2B16045550100")]
    [InlineData("604-555-0100")]
    public async Task What_is_no_cursor_is_refused(string cursor) => (await _client.GetAsync($"opt-outs?cursor={cursor}")).IsProblem(400, "invalid_cursor", "cursor");

    private Task<Answer> PutAsync(string number, object? body = null) => _client.CallAsync(HttpMethod.Put, $"opt-outs/{number}", body);

    private Task<Answer> DeleteAsync(string number) => _client.CallAsync(HttpMethod.Delete, $"opt-outs/{number}");
}
