using Serverless.Tests.EndToEnd.Acceptance.Campaigns;

namespace Serverless.Tests.EndToEnd.Acceptance.Contacts;

/// <summary>The people whom the organisation serves.</summary>
[Collection(PatientSystem.Group)]
public sealed class ContactTests(PatientSystem patient)
{
    private readonly Client _client = patient.Client;
    private readonly CampaignClient _campaigns = new(patient.Client);

    [Fact]
    public async Task S0_13_Texts_go_to_the_texting_number_and_to_the_other_once_the_flag_has_moved()
    {
        var (home, mobile) = (_client.Number("0100"), _client.Number("0101"));
        var ann = await CreateAsync(new { name = "Ann", numbers = new object[] { new { number = home, name = "home" }, new { number = mobile, texting = true } } });
        Assert.Equal([(home, "home", false), (mobile, null, true)], ann.Numbers.Select(number => (number.Number, number.Name, number.Texting)));

        var first = await SendAsync(ann.Id, "Hello");
        var moved = await PutAsync(ann.Id, new { name = "Ann", numbers = new object[] { new { number = home, texting = true }, new { number = mobile } } });
        var second = await SendAsync(ann.Id, "Hello again");

        Assert.Equal((mobile, home), (first.To, second.To));
        Assert.Equal((ann.Id, ann.CreatedAt, home), (moved.Id, moved.CreatedAt, moved.Numbers.Single(number => number.Texting).Number));
        Assert.Equal(["Hello"], (await _client.TextsToAsync(mobile)).Select(text => text.Message));
        Assert.Equal(["Hello again"], (await _client.TextsToAsync(home)).Select(text => text.Message));
    }

    [Fact]
    public async Task S0_13_Two_texting_numbers_are_refused_and_without_a_number_nothing_can_be_sent()
    {
        var (home, mobile) = (_client.Number("0102"), _client.Number("0103"));
        object numbers = new[] { new { number = home, texting = true }, new { number = mobile, texting = true } };
        (await _client.PostAsync("contacts", new { name = "Ann", numbers })).IsProblem(422, "two_texting_numbers", "numbers[1].texting");
        var ann = await CreateAsync(new { name = "Ann" });
        (await _client.PutAsync($"contacts/{ann.Id}", new { name = "Ann", numbers })).IsProblem(422, "two_texting_numbers", "numbers[1].texting");

        (await _client.PostAsync("messages", new { contactId = ann.Id, text = "Hello" })).IsProblem(422, "contact_has_no_texting_number", "contactId");

        Assert.Empty(await _client.TextsToAsync(home));
        Assert.Empty(await _client.TextsToAsync(mobile));
    }

    [Theory]
    [InlineData("+1 604 123", "invalid_number")]
    [InlineData("+1 111 555 0100", "invalid_number")]
    [InlineData("+44 7911 123456", "unsupported_country")]
    public async Task S0_14_A_texting_number_has_to_be_a_well_formed_North_American_one(string number, string code)
    {
        var name = NewName();

        (await _client.PostAsync("contacts", new { name, numbers = new[] { new { number } } })).IsProblem(422, code, "numbers[0].number");
        Assert.Empty(await FindAsync(name));
        (await _client.PostAsync("messages", new { to = number, text = "Hello" })).IsProblem(422, code, "to");
        var uploaded = (await _campaigns.UploadAsync((await _campaigns.CreateAsync()).Id, new { to = number }, new { to = "+16045550100" })).As<UploadBody>();
        Assert.Equal((1, 1, code), (uploaded.Accepted, uploaded.Rejected[0].Row, uploaded.Rejected[0].Code));
    }

    [Fact]
    public async Task S0_6_A_contact_shows_that_the_carrier_of_its_number_tends_not_to_confirm()
    {
        var (silent, other) = (_client.Number("5002"), _client.Number("0104"));
        var ann = await CreateAsync(new { name = "Ann", numbers = new[] { new { number = silent, texting = true }, new { number = other, texting = false } } });
        foreach (var text in new[] { "Hello", "Hello again" }) await _client.SettledAsync((await SendAsync(ann.Id, text)).Id);
        (await _client.PutAsync($"numbers/{other}", new { lineType = "landline" })).Is(200);

        var seen = await GetAsync(ann.Id);

        Assert.Equal(new ContactNumberBody(silent, null, true, null, 2, 0, false, false), seen.Numbers[0]);
        Assert.Equal(new ContactNumberBody(other, null, false, "landline", 0, 0, false, true), seen.Numbers[1]);
        Assert.Equal(2, (await _client.AboutAsync(silent)).Unconfirmed);
    }

    [Fact]
    public async Task S4_25_A_contact_that_opted_out_of_one_campaign_is_left_out_of_all_later_ones()
    {
        var number = _client.Number("0105");
        var ann = await CreateAsync(new { name = "Ann", numbers = new[] { new { number } } });
        var first = await UploadedAsync(new { contactId = ann.Id });
        await _campaigns.StartAsync(first);
        Assert.Equal((ann.Id, "Delivered"), await _campaigns.SettledAsync(first, number) is var texted ? (texted.ContactId, texted.Status) : default);

        await _campaigns.OptOutAsync(first, number);

        Assert.True((await GetAsync(ann.Id)).Numbers.Single().OptedOut);
        var second = await UploadedAsync(new { contactId = ann.Id });
        await _campaigns.StartAsync(second);
        var left = await _campaigns.SettledAsync(second, number, "school");
        Assert.Equal(("Failed", "Opted out", 0), (left.Status, left.Reason?.Label, left.Attempts.Count));
        (await _client.PostAsync("messages", new { contactId = ann.Id, text = "Hello" })).Refused(422, "opted_out");
        Assert.Single(await _client.TextsToAsync(number));
    }

    [Fact]
    public async Task A_contact_is_found_by_words_of_its_name_and_by_digits_of_its_numbers()
    {
        var (word, number) = (NewName(), _client.Number("0106"));
        var ann = await CreateAsync(new { name = $"Zoë O’Brien {word}", numbers = new[] { new { number } } });
        var other = await CreateAsync(new { name = word });

        Assert.Equal([ann.Id], await FindAsync($"{word} zoe obr"));
        Assert.Equal([ann.Id], await FindAsync($"{word[..6]} {number[^4..]}"));
        Assert.Contains(ann.Id, await FindAsync(number[^4..]));
        Assert.Contains(ann.Id, await FindAsync($"({number[2..5]}) {number[5..8]}-{number[8..]}"));
        Assert.Equal(new[] { ann.Id, other.Id }.Order(), (await FindAsync(word, limit: 1)).Order());
        Assert.Empty(await FindAsync($"{word} Smith"));
        Assert.Equal(2, (await _client.ListAsync<ContactBody>("contacts", limit: 7)).Count(contact => contact.Id == ann.Id || contact.Id == other.Id));
    }

    [Fact]
    public async Task A_contact_that_is_deleted_is_gone_from_everywhere_but_from_what_was_sent()
    {
        var (word, number) = (NewName(), _client.Number("0107"));
        var ann = await CreateAsync(new { name = $"Ann {word}", numbers = new[] { new { number } } });
        var bob = await CreateAsync(new { name = $"Bob {word}", relatedTo = new[] { ann.Id } });
        Assert.Equal([ann.Id], bob.RelatedTo);
        var sent = await SendAsync(ann.Id, "Hello");

        (await DeleteAsync(ann.Id)).Is(204);

        (await DeleteAsync(ann.Id)).IsProblem(404, "not_found");
        (await _client.GetAsync($"contacts/{ann.Id}")).IsProblem(404, "not_found");
        (await _client.PutAsync($"contacts/{ann.Id}", new { name = "Ann" })).IsProblem(404, "not_found");
        (await _client.PostAsync("messages", new { contactId = ann.Id, text = "Hello" })).IsProblem(422, "contact_not_found", "contactId");
        (await _client.PostAsync("contacts", new { name = "Cat", relatedTo = new[] { bob.Id, ann.Id } })).IsProblem(422, "contact_not_found", "relatedTo[1]");
        Assert.Equal([bob.Id], await FindAsync(word));
        Assert.Empty((await GetAsync(bob.Id)).RelatedTo);
        Assert.DoesNotContain(await _client.ListAsync<IdOnly>("conversations"), thread => thread.ContactId == ann.Id);
        Assert.Equal("Hello", (await _client.MessageAsync(sent.Id)).Text);
    }

    [Fact]
    public async Task B_1_A_contact_that_is_made_again_under_its_key_is_the_same_one()
    {
        var (word, key) = (NewName(), Guid.NewGuid().ToString());
        var body = new { name = word, numbers = new[] { new { number = _client.Number("0108") } }, timeZone = "America/Toronto" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _client.PostAsync("contacts", body, ("Idempotency-Key", key))));

        var ids = answers.Select(answer => answer.As<ContactBody>(201).Id).ToList();
        Assert.All(answers, answer => Assert.Equal($"/api/contacts/{ids[0]}", answer.Headers.Location?.OriginalString));
        Assert.Equal(5, answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")));
        Assert.Equal([ids[0]], await FindAsync(word));
        (await _client.PostAsync("contacts", body with { timeZone = "America/Halifax" }, ("Idempotency-Key", key))).IsProblem(422, "idempotency_key_reused");
        (await _client.PostAsync("contacts", new { name = "" }, ("Idempotency-Key", NewName()))).IsProblem(422, "missing_field", "name");
    }

    [Fact]
    public async Task Recipients_can_be_named_by_their_contacts()
    {
        var (home, mobile, strange) = (_client.Number("0109"), _client.Number("0110"), _client.Number("0111"));
        var ann = await CreateAsync(new { name = "Ann", numbers = new[] { new { number = home, texting = false }, new { number = mobile, texting = true } } });
        var silent = await CreateAsync(new { name = "Silent" });
        var draft = await _campaigns.CreateAsync("Hello {{name}}");

        var json = (await _campaigns.UploadAsync(
            draft.Id,
            new { contactId = ann.Id, fields = new { name = "Ann" } },
            new { contactId = "nobody" },
            new { contactId = silent.Id },
            new { contactId = ann.Id, to = strange },
            new { to = strange })).As<UploadBody>();
        var csv = (await _campaigns.UploadCsvAsync(draft.Id, $"contactId,name\n{ann.Id},Anna\n{silent.Id},Sil\n")).As<UploadBody>();
        var chosen = (await _campaigns.UploadCsvAsync(draft.Id, $"to,contactId,name\n{home},{ann.Id},at home\n")).As<UploadBody>();

        Assert.Equal((2, 0), (json.Accepted, json.Duplicates));
        Assert.Equal([(2, null, "contact_not_found"), (3, null, "contact_has_no_texting_number"), (4, strange, "number_not_of_contact")], json.Rejected.Select(row => (row.Row, row.To, row.Code)));
        Assert.Equal((0, 1, "contact_has_no_texting_number"), (csv.Accepted, csv.Duplicates, csv.Rejected.Single().Code));
        Assert.Equal(1, chosen.Accepted);
        var rows = await _campaigns.RecipientsAsync(draft.Id);
        Assert.Equal(
            new[] { (home, ann.Id), (mobile, ann.Id), (strange, null) }.OrderBy(row => row.Item1, StringComparer.Ordinal),
            rows.Select(row => (row.To, row.ContactId)));
        Assert.Equal((ann.Id, "Anna"), await _campaigns.RecipientAsync(draft.Id, mobile) is var one ? (one.ContactId, one.Fields!["name"]) : default);
    }

    [Theory]
    [InlineData("""{}""", 422, "missing_field", "name")]
    [InlineData("""{"name":"Ann","numbers":[{}]}""", 422, "missing_field", "numbers[0].number")]
    [InlineData("""{"name":"Ann","numbers":[{"number":"604 555 0100"},{"number":"604 555 0101"}]}""", 422, "no_texting_number", "numbers")]
    [InlineData("""{"name":"Ann","numbers":[{"number":"604 555 0100","texting":false}]}""", 422, "no_texting_number", "numbers")]
    [InlineData("""{"name":"Ann","numbers":[{"number":"604 555 0100","texting":true},{"number":"+1 (604) 555-0100"}]}""", 422, "duplicate_number", "numbers[1].number")]
    [InlineData("""{"name":"Ann","numbers":[{"number":"+44 7911 123456"}]}""", 422, "unsupported_country", "numbers[0].number")]
    [InlineData("""{"name":"Ann","timeZone":"Mars/Olympus"}""", 422, "unknown_time_zone", "timeZone")]
    [InlineData("""{"name":"Ann\u0007"}""", 422, "control_character", "name")]
    [InlineData("""{"name":"Ann","relatedTo":["somebody"]}""", 422, "contact_not_found", "relatedTo[0]")]
    [InlineData("""{"name":"Ann","nmae":"Ann"}""", 400, "unknown_field", "nmae")]
    [InlineData("""{"name":"Ann","numbers":[{"number":"604 555 0100","text":true}]}""", 400, "unknown_field", "numbers[0].text")]
    [InlineData("""{"name":"Ann","id":"1"}""", 400, "unknown_field", "id")]
    [InlineData("""{"name":"Ann","numbers":"604 555 0100"}""", 400, "wrong_type", "numbers")]
    [InlineData("""{"name":"Ann","numbers":[{"number":6045550100}]}""", 400, "wrong_type", "numbers[0].number")]
    [InlineData("""{"name":["Ann"]}""", 400, "wrong_type", "name")]
    [InlineData("""["Ann"]""", 400, "malformed_json")]
    [InlineData("""{"name":"Ann""", 400, "malformed_json")]
    [InlineData("", 400, "malformed_json")]
    public async Task What_is_wrong_with_a_contact_is_named_when_it_is_made_and_when_it_is_replaced(string body, int status, string code, params string[] fields)
    {
        var ann = await CreateAsync(new { name = "Ann" });

        (await _client.PostAsync("contacts", body)).IsProblem(status, code, fields);
        (await _client.PutAsync($"contacts/{ann.Id}", body)).IsProblem(status, code, fields);

        Assert.Equal(ann, await GetAsync(ann.Id) with { Numbers = ann.Numbers, RelatedTo = ann.RelatedTo });
    }

    [Fact]
    public async Task Overlong_names_and_strange_addresses_are_refused()
    {
        var longest = new string('a', 200);
        var ann = await CreateAsync(new { name = longest });
        Assert.Equal(longest, ann.Name);
        (await _client.PostAsync("contacts", new { name = longest + "a", numbers = new[] { new { number = "6045550100", name = longest } } })).IsProblem(422, "name_too_long", "name", "numbers[0].name");
        (await _client.PutAsync($"contacts/{ann.Id}", new { name = "Ann", relatedTo = new[] { ann.Id } })).IsProblem(422, "related_to_itself", "relatedTo[0]");
        (await _client.PostAsync("contacts", new { name = "Ann" }, ("Idempotency-Key", new string('k', 129)))).IsProblem(400, "invalid_idempotency_key", "Idempotency-Key");
        foreach (var id in new[] { "somebody", new string('0', 32), ann.Id.ToUpperInvariant() })
        {
            (await _client.GetAsync($"contacts/{id}")).IsProblem(404, "not_found");
            (await _client.PutAsync($"contacts/{id}", new { name = "Ann" })).IsProblem(404, "not_found");
            (await DeleteAsync(id)).IsProblem(404, "not_found");
        }
        foreach (var cursor in new[] { "x", "AAAA", "%20", ann.Id }) (await _client.GetAsync($"contacts?cursor={cursor}")).IsProblem(400, "invalid_cursor", "cursor");
        (await _client.GetAsync($"contacts?q={longest}a")).IsProblem(400, "invalid_parameter", "q");
        (await _client.GetAsync("contacts?limit=1001")).IsProblem(400, "invalid_parameter", "limit");
        (await _client.CallAsync(HttpMethod.Patch, $"contacts/{ann.Id}", new { })).Refused(405, "method_not_allowed");
    }

    // One word of letters, so that it is one term.
    private static string NewName() => string.Concat(Guid.NewGuid().ToString("n").Select(digit => (char)('a' + Convert.ToInt32(digit.ToString(), 16))));

    private async Task<ContactBody> CreateAsync(object body) => (await _client.PostAsync("contacts", body)).As<ContactBody>(201);

    private async Task<ContactBody> GetAsync(string id) => (await _client.GetAsync($"contacts/{id}")).As<ContactBody>();

    private async Task<ContactBody> PutAsync(string id, object body) => (await _client.PutAsync($"contacts/{id}", body)).As<ContactBody>();

    private Task<Answer> DeleteAsync(string id) => _client.CallAsync(HttpMethod.Delete, $"contacts/{id}");

    private async Task<MessageBody> SendAsync(string contactId, string text) => (await _client.PostAsync("messages", new { contactId, text })).As<MessageBody>(202);

    private async Task<IReadOnlyList<string>> FindAsync(string typed, int limit = 1000) =>
        [.. (await _client.ListAsync<ContactBody>($"contacts?q={Uri.EscapeDataString(typed)}", limit)).Select(contact => contact.Id)];

    private async Task<string> UploadedAsync(object recipient)
    {
        var draft = await _campaigns.CreateAsync();
        Assert.Equal(1, (await _campaigns.UploadAsync(draft.Id, recipient)).As<UploadBody>().Accepted);
        return draft.Id;
    }

    private sealed record IdOnly(string ContactId);
}
