using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>Uses campaigns as a front-end does. Every answer about a campaign is checked for what always holds.</summary>
public sealed class CampaignClient(Client client)
{
    /// <summary>The address of a recipient, or of what can be asked about one.</summary>
    public static string Address(string campaign, string to, string rest = "") => $"campaigns/{campaign}/recipients/{Uri.EscapeDataString(to)}{rest}";

    /// <param name="text">What is texted; it may hold fields.</param>
    /// <param name="startAt">When it begins once it is started.</param>
    /// <param name="giveUpAfter">How long anybody is tried again.</param>
    /// <param name="quietHours">As the API takes them.</param>
    public async Task<CampaignBody> CreateAsync(string text = "Hello", DateTimeOffset? startAt = null, TimeSpan? giveUpAfter = null, object? quietHours = null)
    {
        var body = new { name = "A campaign", text, startAt, giveUpAfter = giveUpAfter?.ToString("c", CultureInfo.InvariantCulture), quietHours };
        var created = (await client.PostAsync("campaigns", body)).As<CampaignBody>(201).Consistent();
        Assert.Equal("Draft", created.Status);
        return created;
    }

    public Task<Answer> UploadAsync(string campaign, params IEnumerable<object> recipients) => client.PostAsync($"campaigns/{campaign}/recipients", new { recipients });

    public Task<Answer> UploadCsvAsync(string campaign, string csv) => UploadAsync(campaign, Encoding.UTF8.GetBytes(csv), "text/csv");

    public Task<Answer> UploadAsync(string campaign, byte[] body, string? contentType)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return client.PostAsync($"campaigns/{campaign}/recipients", content);
    }

    /// <summary>A campaign that has these recipients and waits to be started.</summary>
    public async Task<CampaignBody> DraftAsync(
        IEnumerable<string> recipients, string text = "Hello", DateTimeOffset? startAt = null, TimeSpan? giveUpAfter = null, object? quietHours = null)
    {
        var created = await CreateAsync(text, startAt, giveUpAfter, quietHours);
        var numbers = recipients.ToList();
        var uploaded = (await UploadAsync(created.Id, numbers.Select(to => new { to }))).As<UploadBody>();
        Assert.Equal((numbers.Count, 0, 0), (uploaded.Accepted, uploaded.Duplicates, uploaded.RejectedCount));
        return await GetAsync(created.Id);
    }

    /// <summary>A campaign that is under way to these recipients.</summary>
    public async Task<CampaignBody> RunAsync(IEnumerable<string> recipients, string text = "Hello", TimeSpan? giveUpAfter = null, object? quietHours = null) =>
        await StartAsync((await DraftAsync(recipients, text, giveUpAfter: giveUpAfter, quietHours: quietHours)).Id);

    public Task<CampaignBody> StartAsync(string campaign) => DoAsync(campaign, "start");

    /// <summary>An action that must be possible.</summary>
    public async Task<CampaignBody> DoAsync(string campaign, string action) => (await TryAsync(campaign, action)).As<CampaignBody>(202).Consistent();

    public Task<Answer> TryAsync(string campaign, string action) => client.PostAsync($"campaigns/{campaign}/{action}");

    public async Task<CampaignBody> GetAsync(string campaign, string vocabulary = "standard") =>
        (await client.GetAsync($"campaigns/{campaign}?vocabulary={vocabulary}")).As<CampaignBody>().Consistent();

    public Task<CampaignBody> WaitAsync(string campaign, Func<CampaignBody, bool> condition, string vocabulary = "standard", TimeSpan? within = null) =>
        Eventually.GetAsync(async () => await GetAsync(campaign, vocabulary) is var found && condition(found) ? found : null, within);

    public Task<CampaignBody> CompleteAsync(string campaign, TimeSpan? within = null) => WaitAsync(campaign, found => found.Status == "Complete", within: within);

    public Task<IReadOnlyList<CampaignBody>> ListAsync(string? view = null) => client.ListAsync<CampaignBody>(view is null ? "campaigns" : $"campaigns?view={view}");

    public Task<IReadOnlyList<RecipientRow>> RecipientsAsync(string campaign, string query = "", string vocabulary = "standard", int limit = 1000) =>
        client.ListAsync<RecipientRow>($"campaigns/{campaign}/recipients?vocabulary={vocabulary}{query}", limit);

    public async Task<RecipientBody> RecipientAsync(string campaign, string to, string vocabulary = "standard") =>
        (await client.GetAsync($"{Address(campaign, to)}?vocabulary={vocabulary}")).As<RecipientBody>();

    public Task<RecipientBody> WaitForAsync(string campaign, string to, Func<RecipientBody, bool> condition, string vocabulary = "standard", TimeSpan? within = null) =>
        Eventually.GetAsync(async () => await RecipientAsync(campaign, to, vocabulary) is var found && condition(found) ? found : null, within);

    public Task<RecipientBody> SettledAsync(string campaign, string to, string vocabulary = "standard") => WaitForAsync(campaign, to, found => found.IsSettled, vocabulary);

    public async Task<PreviewBody> PreviewAsync(string campaign, string to) => (await client.GetAsync(Address(campaign, to, "/preview"))).As<PreviewBody>();

    public Task<Answer> ResendAsync(string campaign, string to, bool force = false) =>
        client.PostAsync(Address(campaign, to, "/resend"), force ? new { force = true } : null);

    public async Task OptOutAsync(string campaign, string to)
    {
        var answer = await client.PostAsync(Address(campaign, to, "/opt-out"));
        Assert.True(answer.Status is >= 200 and < 300, $"Expected success, got {answer.Status}: {answer.Body}");
    }
}
