using System.Text;

namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>The file with each number's fate.</summary>
[Collection(CampaignSystem.Group)]
public sealed class ExportTests(CampaignSystem system)
{
    private readonly Client _client = system.Client;
    private readonly CampaignClient _campaigns = system.Campaigns;

    [Fact]
    public async Task B_13_The_file_has_one_line_per_recipient_and_survives_quotes_line_breaks_and_formulas()
    {
        var (delivered, failed, formula) = (_client.Number("0100"), _client.Number("4004"), _client.Number("0100"));
        var draft = await _campaigns.CreateAsync("Hello");
        (await _campaigns.UploadAsync(
            draft.Id,
            new { to = delivered, fields = new { name = "Ann \"the first\", of Hope", note = "two\r\nlines" } },
            new { to = failed, fields = new { name = "Ben" } },
            new { to = formula, fields = new { name = "=1+2", note = "@SUM(A1)" } })).Is(200);
        await _campaigns.StartAsync(draft.Id);
        await _campaigns.CompleteAsync(draft.Id);

        var (text, headers) = await _client.DownloadAsync($"campaigns/{draft.Id}/export?vocabulary=school");

        Assert.Equal("text/csv", headers.ContentType?.MediaType);
        var lines = Csv(text);
        Assert.Equal(4, lines.Count);
        Assert.Equal(["to", "status", "label", "reason", "advice", "attempts"], lines[0].Take(6), StringComparer.OrdinalIgnoreCase);
        Assert.Equal(["name", "note"], lines[0].Skip(7).Order(StringComparer.Ordinal));
        var rows = lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.OrdinalIgnoreCase)).ToList();
        var byNumber = rows.ToDictionary(row => new string([.. row["to"].Where(char.IsDigit)]));
        var (one, two, three) = (byNumber[delivered[1..]], byNumber[failed[1..]], byNumber[formula[1..]]);
        Assert.Equal(("Delivered", "Delivered", "", "1"), (one["status"], one["label"], one["reason"], one["attempts"]));
        Assert.Equal(("Ann \"the first\", of Hope", "two\r\nlines"), (one["name"], one["note"]));
        Assert.Equal(("Failed", "Failed", "Invalid Number"), (two["status"], two["label"], two["reason"]));
        Assert.NotEmpty(two["advice"]);
        Assert.Equal(("Ben", ""), (two["name"], two["note"]));
        // A spreadsheet runs what begins like a formula; the value is still there to read.
        Assert.All([three["name"], three["note"]], cell => Assert.DoesNotMatch(@"^[=+\-@\t\r]", cell));
        Assert.EndsWith("=1+2", three["name"], StringComparison.Ordinal);
        Assert.EndsWith("@SUM(A1)", three["note"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_13_The_file_agrees_with_the_list_in_every_vocabulary()
    {
        var id = (await system.EndedAsync()).Id;
        foreach (var vocabulary in new[] { "standard", "office", "sales", "marketing", "school" })
        {
            var lines = Csv((await _client.DownloadAsync($"campaigns/{id}/export?vocabulary={vocabulary}")).Text).Skip(1);
            var rows = await _campaigns.RecipientsAsync(id, vocabulary: vocabulary);

            Assert.Equal(
                rows.Select(row => (row.To[1..], row.Status, row.Label, row.Reason?.Label ?? "", row.Reason?.Advice ?? "", $"{row.Attempts}")).Order(),
                lines.Select(line => (new string([.. line[0].Where(char.IsDigit)]), line[1], line[2], line[3], line[4], line[5])).Order());
        }
    }

    /// <summary>Reads RFC 4180.</summary>
    private static List<List<string>> Csv(string text)
    {
        var (lines, line, cell, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        text = text.TrimStart('\uFEFF');
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"' when quoted && i + 1 < text.Length && text[i + 1] == '"':
                    cell.Append(text[i++]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    EndCell();
                    break;
                case '\r' when !quoted:
                    break;
                case '\n' when !quoted:
                    EndCell();
                    lines.Add(line);
                    line = [];
                    break;
                default:
                    cell.Append(text[i]);
                    break;
            }
        }
        Assert.True(line.Count == 0 && cell.Length == 0, "The last line has no end.");
        return lines;

        void EndCell()
        {
            line.Add(cell.ToString());
            cell.Clear();
        }
    }
}
