using System.Net.Sockets;
using System.Text;

namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>Uploading recipients: a verdict per row, and nothing half done.</summary>
[Collection(PatientSystem.Group)]
public sealed class UploadTests(PatientSystem patient)
{
    private const int MostRows = 100_000;

    private readonly Client _client = patient.Client;
    private readonly CampaignClient _campaigns = new(patient.Client);

    [Fact]
    public async Task B_7_Each_row_of_a_file_gets_its_verdict_and_the_good_ones_are_used()
    {
        var draft = await _campaigns.CreateAsync("Hello {{name}}");
        var csv = "\uFEFFName,TO,\"note, with a comma\"\r\n"
            + "Ann,+1 604 555 0100,\"She said \"\"hello\"\"\"\r\n" // 1
            + "Ben,(604) 555-0101,\"two\r\nlines\"\r\n" // 2
            + "Foreign,+44 7911 123456,\r\n" // 3
            + "Caribbean,+1 876 555 0100,\r\n" // 4
            + "Wrong,12345,\r\n" // 5
            + "Nobody,,\r\n" // 6
            + "Anna,6045550100,later\r\n" // 7, again the first
            + "Too,many,cells,in,this,row\r\n" // 8
            + $"Long,+1 604 555 0102,{new string('x', 9_000)}\r\n" // 9
            + $"Huge,+1 604 555 0103,{new string('x', 1 << 20)}\r\n" // 10
            + "Bell,+1 604 555 0104,\a\r\n" // 11
            + "Last,+1 604 555 0105,"; // 12, without an end of line

        var answer = (await _campaigns.UploadCsvAsync(draft.Id, csv)).As<UploadBody>();

        Assert.Equal((3, 1, 8), (answer.Accepted, answer.Duplicates, answer.RejectedCount));
        Assert.Equal(
            [
                (3, "unsupported_country"), (4, "unsupported_country"), (5, "invalid_number"), (6, "missing_to"), (8, "malformed_row"),
                (9, "fields_too_long"), (10, "row_too_long"), (11, "control_character"),
            ],
            answer.Rejected.Select(row => (row.Row, row.Code)));
        Assert.All(answer.Rejected, row => Assert.NotEmpty(row.Detail));
        Assert.Equal("+44 7911 123456", answer.Rejected[0].To);
        var rows = await _campaigns.RecipientsAsync(draft.Id);
        Assert.Equal(["+16045550100", "+16045550101", "+16045550105"], rows.Select(row => row.To));
        Assert.Equal(("Anna", "later"), (Field(rows[0], "name"), Field(rows[0], "note, with a comma")));
        Assert.Equal("two\r\nlines", Field(rows[1], "note, with a comma"));
        Assert.Equal("Hello Anna", (await _campaigns.PreviewAsync(draft.Id, "+16045550100")).Text);
        Assert.Equal((3, 3), (await _campaigns.GetAsync(draft.Id)).Counts is var counts ? (counts.Total, counts.Queued) : default);
    }

    [Fact]
    public async Task B_7_JSON_rows_get_a_verdict_each_too_and_several_calls_add_up()
    {
        var draft = await _campaigns.CreateAsync("Hello {{name}} of {{town}}");

        var first = (await _campaigns.UploadAsync(
            draft.Id,
            new { to = "+16045550100", fields = new { name = "Ann", town = "Hope" } },
            new { to = "+447911123456" },
            new { contactId = "nobody" },
            new { fields = new { name = "Nobody" } },
            new { to = "+16045550102", nmae = "Ann" },
            new { to = "604 555 0100", fields = new { name = "Anna" } })).As<UploadBody>();
        var second = (await _campaigns.UploadAsync(draft.Id, new { to = "+16045550100", fields = new { town = "Lytton" } }, new { to = "+16045550101", fields = new { name = "Ben", town = "Yale" } }))
            .As<UploadBody>();

        Assert.Equal((1, 1, 4), (first.Accepted, first.Duplicates, first.RejectedCount));
        Assert.Equal([(2, "unsupported_country"), (3, "contact_not_found"), (4, "missing_to"), (5, "malformed_row")], first.Rejected.Select(row => (row.Row, row.Code)));
        Assert.Equal((1, 1, 0), (second.Accepted, second.Duplicates, second.RejectedCount));
        Assert.Equal("Hello Anna of Lytton", (await _campaigns.PreviewAsync(draft.Id, "+16045550100")).Text);
        Assert.Equal(2, (await _campaigns.GetAsync(draft.Id)).Counts.Total);
    }

    [Fact]
    public async Task B_7_Uploads_at_once_are_all_counted()
    {
        var draft = await _campaigns.CreateAsync();
        var shares = _client.Numbers(90).Chunk(30).ToList();

        var answers = await Task.WhenAll(shares.Select(share => _campaigns.UploadAsync(draft.Id, share.Select(to => new { to }))));

        Assert.All(answers, answer => Assert.Equal(30, answer.As<UploadBody>().Accepted));
        Assert.Equal(90, (await _campaigns.GetAsync(draft.Id)).Counts.Total);
        Assert.Equal(shares.SelectMany(share => share).Order(StringComparer.Ordinal), (await _campaigns.RecipientsAsync(draft.Id)).Select(row => row.To).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task B_7_A_call_takes_100_000_rows_and_not_one_more()
    {
        var draft = await _campaigns.CreateAsync();
        var rows = new StringBuilder("to\n");
        for (var i = 0; i < MostRows; i++) rows.Append("+1604").Append(2_000_000 + i).Append('\n');

        (await _campaigns.UploadCsvAsync(draft.Id, $"{rows}+16045550100\n")).Refused(413, "too_many_rows");
        Assert.Equal(0, (await _campaigns.GetAsync(draft.Id)).Counts.Total);
        var accepted = (await _campaigns.UploadCsvAsync(draft.Id, rows.ToString())).As<UploadBody>();

        Assert.Equal((MostRows, 0, 0), (accepted.Accepted, accepted.Duplicates, accepted.RejectedCount));
        Assert.Equal(MostRows, (await _campaigns.GetAsync(draft.Id)).Counts.Total);
    }

    [Fact]
    public async Task B_7_Of_many_bad_rows_the_first_thousand_are_named_and_all_are_counted()
    {
        var draft = await _campaigns.CreateAsync();

        var answer = (await _campaigns.UploadCsvAsync(draft.Id, $"to\n{string.Concat(Enumerable.Repeat("nobody\n", 1_500))}+16045550100\n")).As<UploadBody>();

        Assert.Equal((1, 1_500, 1_000), (answer.Accepted, answer.RejectedCount, answer.Rejected.Count));
    }

    /// <summary>Bodies that are refused as a whole, after a first row that would be good.</summary>
    public static TheoryData<string, string, int, string> RefusedBodies => new()
    {
        { "text/csv", "number,name\n+16045550100,Ann\n", 422, "missing_to_column" },
        { "text/csv", "", 422, "missing_to_column" },
        { "text/csv", "to,name,Name\n+16045550100,Ann,Anna\n", 422, "duplicate_column" },
        { "application/json", "", 400, "malformed_json" },
        { "application/json", "{\"recipients\":[{\"to\":\"+16045550100\"}", 400, "malformed_json" },
        { "application/json", "{\"recipients\":[{\"to\":\"+16045550100\"},]}", 400, "malformed_json" },
        { "application/json", "[{\"to\":\"+16045550100\"}]", 400, "malformed_json" },
        { "application/json", "{\"recipient\":[{\"to\":\"+16045550100\"}]}", 400, "unknown_field" },
        { "text/plain", "to\n+16045550100\n", 415, "unsupported_media_type" },
        { "application/xml", "<to>+16045550100</to>", 415, "unsupported_media_type" },
    };

    [Theory]
    [MemberData(nameof(RefusedBodies))]
    public async Task A_body_that_is_refused_leaves_no_recipient(string contentType, string body, int status, string code)
    {
        var draft = await _campaigns.CreateAsync();

        (await _campaigns.UploadAsync(draft.Id, Encoding.UTF8.GetBytes(body), contentType)).Refused(status, code);

        await AssertEmptyAsync(draft.Id);
    }

    [Fact]
    public async Task A_body_without_a_type_or_that_is_not_UTF_8_is_refused()
    {
        var draft = await _campaigns.CreateAsync();

        (await _campaigns.UploadAsync(draft.Id, "to\n+16045550100\n"u8.ToArray(), null)).Refused(415, "unsupported_media_type");
        (await _campaigns.UploadAsync(draft.Id, [.. "to,name\n+16045550100,"u8, 0xE9, (byte)'\n'], "text/csv")).Refused(400, "malformed_csv");

        await AssertEmptyAsync(draft.Id);
    }

    [Theory]
    [InlineData("text/csv", "to\n+16045550100\n+16045550101\n")]
    [InlineData("application/json", "{\"recipients\":[{\"to\":\"+16045550100\"},{\"to\":\"+16045550101\"}")]
    public async Task An_upload_that_is_cut_off_leaves_no_recipient(string contentType, string beginning)
    {
        var draft = await _campaigns.CreateAsync();

        var answers = new List<string>
        {
            await SendBeginningAsync(draft.Id, contentType, beginning, "Content-Length: 100000", beginning),
            await SendBeginningAsync(draft.Id, contentType, beginning, "Transfer-Encoding: chunked", $"{beginning.Length:x}\r\n{beginning}\r\n"),
        };

        // Who cut it off may not be told; who is told is told an error.
        Assert.All(answers, answer => Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer));
        // One upload comes after the other, so a later one that is in tells that the earlier ones are over.
        (await _campaigns.UploadAsync(draft.Id, new { to = "+16045550199" })).Is(200);
        Assert.Equal("+16045550199", Assert.Single(await _campaigns.RecipientsAsync(draft.Id)).To);
        Assert.Equal(1, (await _campaigns.GetAsync(draft.Id)).Counts.Total);
    }

    public static TheoryData<string, int, string, string[]> CampaignBodies => new()
    {
        { "{", 400, "malformed_json", [] },
        { """{"name":"A","text":"Hello","txet":"Hello"}""", 400, "unknown_field", ["txet"] },
        { """{"name":5,"text":"Hello"}""", 400, "wrong_type", ["name"] },
        { """{"text":"Hello"}""", 422, "missing_field", ["name"] },
        { """{"name":" ","text":"Hello"}""", 422, "missing_field", ["name"] },
        { """{"name":"A"}""", 422, "text_empty", ["text"] },
        { """{"name":"A","text":" "}""", 422, "text_empty", ["text"] },
        { """{"name":"A","text":"Hello {{name"}""", 422, "text_invalid_placeholder", ["text"] },
        { """{"name":"A","text":"Hello {{ }}"}""", 422, "text_invalid_placeholder", ["text"] },
        { """{"name":"A","text":"Hello {{??you}}"}""", 422, "text_invalid_placeholder", ["text"] },
        { """{"name":"A","text":"a\u0007b"}""", 422, "control_character", ["text"] },
        { """{"name":"A","text":"Hello","startAt":"tomorrow"}""", 400, "wrong_type", ["startAt"] },
        { """{"name":"A","text":"Hello","startAt":"2020-01-01T00:00:00Z"}""", 422, "start_at_in_past", ["startAt"] },
    };

    [Theory]
    [MemberData(nameof(CampaignBodies))]
    public async Task A_campaign_that_cannot_be_is_refused_at_its_creation(string body, int status, string code, string[] fields)
    {
        var before = await _campaigns.ListAsync();

        (await _client.PostAsync("campaigns", body)).IsProblem(status, code, fields);

        Assert.Equal(before.Select(campaign => campaign.Id), (await _campaigns.ListAsync()).Select(campaign => campaign.Id));
    }

    [Theory]
    [InlineData("\"giveUpAfter\":\"soon\"")]
    [InlineData("\"giveUpAfter\":\"00:00:00\"")]
    [InlineData("\"giveUpAfter\":\"-01:00:00\"")]
    [InlineData("\"quietHours\":{\"from\":\"25:00\",\"to\":\"08:00\"}")]
    [InlineData("\"quietHours\":{\"from\":\"21:00\"}")]
    [InlineData("\"quietHours\":\"at night\"")]
    public async Task Times_that_make_no_sense_are_refused(string field)
    {
        var answer = await _client.PostAsync("campaigns", $$"""{"name":"A","text":"Hello",{{field}}}""");

        Assert.True(answer.Status is 400 or 422, $"Got {answer.Status}: {answer.Body}");
        Assert.StartsWith(field[1..].Split('"')[0], Assert.Single(answer.ErrorFields), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.00:00:00", "3.00:00:00")]
    [InlineData("PT72H", "3.00:00:00")]
    [InlineData("00:30:00", "00:30:00")]
    public async Task The_time_to_give_up_after_is_read_in_three_spellings_and_answered_in_one(string written, string answered) =>
        Assert.Equal(answered, (await _client.PostAsync("campaigns", new { name = "A", text = "Hello", giveUpAfter = written })).As<CampaignBody>(201).GiveUpAfter);

    /// <summary>Sends a request up to the middle of its body and says no more; returns what is answered, which may be nothing.</summary>
    private async Task<string> SendBeginningAsync(string campaign, string contentType, string beginning, string framing, string body)
    {
        Assert.NotEmpty(beginning);
        using var socket = new TcpClient();
        await socket.ConnectAsync(_client.Address.Host, _client.Address.Port);
        var stream = socket.GetStream();
        var head = $"POST /api/campaigns/{campaign}/recipients HTTP/1.1\r\nHost: {_client.Address.Authority}\r\nContent-Type: {contentType}\r\n{framing}\r\n\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head + body));
        socket.Client.Shutdown(SocketShutdown.Send);
        try
        {
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync().WaitAsync(Eventually.Deadline);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private async Task AssertEmptyAsync(string campaign)
    {
        Assert.Equal(0, (await _campaigns.GetAsync(campaign)).Counts.Total);
        Assert.Empty(await _campaigns.RecipientsAsync(campaign));
    }

    private static string Field(RecipientRow row, string name) => row.Fields!.Single(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
