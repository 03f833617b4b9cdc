namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>Each person's own text: what it costs, what it lacks, what it says.</summary>
[Collection(CampaignSystem.Group)]
public sealed class PersonalisationTests(CampaignSystem system)
{
    private const decimal PricePerSegment = 0.0075m;

    private readonly Client _client = system.Client;
    private readonly CampaignClient _campaigns = system.Campaigns;

    [Fact]
    public async Task B_8_The_estimate_is_the_sum_of_the_previews_and_names_gaps_and_culprits()
    {
        var (brief, wordy, accented, lacking) = (_client.Number("0100"), _client.Number("0100"), _client.Number("0100"), _client.Number("0100"));
        var draft = await _campaigns.CreateAsync("Hello {{Name}}, “{{ note ?? nothing}}” from {{town}}.");
        (await _campaigns.UploadAsync(
            draft.Id,
            new { to = brief, fields = new { name = "Ann", town = "Hope" } },
            new { to = wordy, fields = new { name = "Ben", town = "Hope", note = new string('x', 200) } },
            new { to = accented, fields = new { NAME = "Łukasz", town = "Hope", note = " " } },
            new { to = lacking, fields = new { name = "Dee", town = " " } })).Is(200);

        var estimate = await EstimateAsync(draft.Id);

        var previews = new List<PreviewBody>();
        foreach (var to in new[] { brief, wordy, accented }) previews.Add(await _campaigns.PreviewAsync(draft.Id, to));
        Assert.Equal("Hello Ann, “nothing” from Hope.", previews[0].Text);
        Assert.Equal("Hello Łukasz, “nothing” from Hope.", previews[2].Text);
        Assert.Equal([1, 4, 1], previews.Select(preview => preview.Segments));
        Assert.Equal(4, estimate.Recipients);
        Assert.Equal(new LongestBody(wordy, 4), estimate.Longest);
        Assert.Equal(new MissingFieldBody(lacking, "town"), Assert.Single(estimate.MissingFields), SameMissingField);
        Assert.Equal(["“", "”"], estimate.Culprits.Where(culprit => culprit.To is null).Select(culprit => culprit.Character));
        Assert.Equal(("Ł", accented), Assert.Single(estimate.Culprits, culprit => culprit.To is not null) is var value ? (value.Character, value.To) : default);

        var refused = (await _campaigns.TryAsync(draft.Id, "start")).Refused(422, "missing_fields");
        Assert.Equal("town", Assert.Single(refused.ErrorFields), ignoreCase: true);
        Assert.Equal("Draft", (await _campaigns.GetAsync(draft.Id)).Status);

        (await _campaigns.UploadAsync(draft.Id, new { to = lacking, fields = new { town = "Yale" } })).Is(200);
        estimate = await EstimateAsync(draft.Id);
        previews.Add(await _campaigns.PreviewAsync(draft.Id, lacking));
        Assert.Empty(estimate.MissingFields);
        Assert.Equal(previews.Sum(preview => preview.Segments), estimate.Segments);
        Assert.Equal(estimate.Segments * PricePerSegment, estimate.Cost);

        await _campaigns.StartAsync(draft.Id);
        await _campaigns.CompleteAsync(draft.Id);
        foreach (var (to, preview) in new[] { brief, wordy, accented, lacking }.Zip(previews)) Assert.Equal(preview.Text, Assert.Single(await _client.TextsToAsync(to)).Message);
    }

    [Fact]
    public async Task B_8_A_field_without_a_value_for_many_is_named_for_each_of_them()
    {
        var numbers = _client.Numbers(30).Order(StringComparer.Ordinal).ToList();
        var draft = await _campaigns.DraftAsync(numbers, "Hello {{name}}");

        var estimate = await EstimateAsync(draft.Id);

        Assert.Equal(numbers, estimate.MissingFields.Select(missing => missing.To).Order(StringComparer.Ordinal));
        (await _campaigns.TryAsync(draft.Id, "start")).Refused(422, "missing_fields");
        Assert.Empty(await _client.TextsToAsync(numbers[0]));
    }

    [Fact]
    public async Task B_8_A_draft_without_recipients_costs_nothing()
    {
        var estimate = await EstimateAsync((await _campaigns.CreateAsync()).Id);

        Assert.Equal((0, 0, null, 0m), (estimate.Recipients, estimate.Segments, estimate.Longest, estimate.Cost));
    }

    [Fact]
    public async Task A_text_that_a_value_makes_too_long_cannot_start()
    {
        var to = _client.Number("0100");
        var draft = await _campaigns.CreateAsync("Hello {{name}}");
        (await _campaigns.UploadAsync(draft.Id, new { to, fields = new { name = new string('x', 1_600) } })).Is(200);

        (await _campaigns.TryAsync(draft.Id, "start")).Refused(422, "text_too_long");

        Assert.Empty(await _client.TextsToAsync(to));
    }

    private static bool SameMissingField(MissingFieldBody expected, MissingFieldBody actual) =>
        expected.To == actual.To && expected.Field.Equals(actual.Field, StringComparison.OrdinalIgnoreCase);

    private async Task<CampaignEstimateBody> EstimateAsync(string campaign) => (await _client.PostAsync($"campaigns/{campaign}/estimate")).As<CampaignEstimateBody>();
}
