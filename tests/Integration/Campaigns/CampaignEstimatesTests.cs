using Serverless.Campaigns;
using Serverless.Messages;
using static Serverless.Tests.Integration.Campaigns.CampaignWorld;

namespace Serverless.Tests.Integration.Campaigns;

public sealed class CampaignEstimatesTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task A_text_that_is_the_same_for_all_is_estimated_without_reading_them_all()
    {
        await using var world = new CampaignWorld(azurite);
        var campaign = await world.CampaignAsync(await world.NewCampaignAsync([Person(1), Person(2), Person(3)]));
        world.Network.Reset();

        var estimate = await world.Estimates.OfAsync(campaign, Template(new string('x', 161) + "’"), default);

        Assert.Equal(1, world.Network.Requests);
        Assert.Equal((3, 9L, new LongestText(Number(1), 3), null), (estimate.Recipients, estimate.Segments, estimate.Longest, estimate.TooLong));
        Assert.Equal([new EstimateCulprit("’", 161, null, null)], estimate.Culprits);
        Assert.Equal(new LongestText(Number(1), 11), (await world.Estimates.OfAsync(campaign, Template(new string('x', 1531)), default)).TooLong);
        Assert.Null((await world.Estimates.OfAsync(campaign with { Total = 0, Uploads = [] }, Template("x"), default)).Longest);
    }

    [Fact]
    public async Task A_personal_text_is_estimated_for_each_before_and_after_packing()
    {
        await using var world = new CampaignWorld(azurite);
        var people = Enumerable.Range(0, 3000).Select(i => (i % 3) switch
        {
            0 => Person(i, ("Name", new string('n', i % 500))),
            1 => Person(i, ("name", "Zoë ‘Z’"), ("city", "Łódź")),
            _ => Person(i, ("city", " ")),
        }).ToList();
        var template = Template("Dear {{name}} of {{city??nowhere}}, {{CITY}}!");
        var id = await world.NewCampaignAsync(people);

        var draft = await world.Estimates.OfAsync(await world.CampaignAsync(id), template, default);
        var packed = await world.Estimates.OfAsync(await world.PackedAsync(id), template, default);

        foreach (var estimate in new[] { draft, packed })
        {
            var texts = people.Select(person => (person.To, Segments: SmsText.CountSegments(template.Render(person.Fields)))).ToList();
            Assert.Equal((3000, texts.Sum(text => (long)text.Segments)), (estimate.Recipients, estimate.Segments));
            var longest = texts.First(text => text.Segments == texts.Max(other => other.Segments));
            Assert.Equal(new LongestText(longest.To, longest.Segments), estimate.Longest);
            var missing = people.SelectMany(person => template.MissingFrom(person.Fields).Select(field => new MissingField(person.To, field))).ToList();
            Assert.Equal(missing.Take(1000), estimate.MissingFields);
            Assert.Equal(missing.CountBy(item => item.Field).ToDictionary(), estimate.MissingByField);
            Assert.Equal(missing.DistinctBy(item => item.To).Count(), estimate.RecipientsWithMissingFields);
            Assert.Equal(100, estimate.Culprits.Count);
            Assert.Equal(
                [("ë", "name"), ("‘", "name"), ("’", "name"), ("Ł", "city"), ("ó", "city"), ("ź", "city")],
                estimate.Culprits.Where(culprit => culprit.To == Number(1)).Select(culprit => (culprit.Character, culprit.Field!)));
        }
    }

    [Fact]
    public async Task Who_gets_too_long_a_text_is_named_and_names_of_fields_are_no_culprits()
    {
        await using var world = new CampaignWorld(azurite);
        var id = await world.NewCampaignAsync([Person(1, ("имя", "x")), Person(2, ("имя", new string('x', 1600))), Person(3, ("имя", new string('x', 1700)))]);

        var estimate = await world.Estimates.OfAsync(await world.CampaignAsync(id), Template("{{имя}}–{{имя??ж}}"), default);

        Assert.Equal(Number(2), estimate.TooLong!.To);
        Assert.Equal(Number(3), estimate.Longest!.To);
        Assert.Equal([("–", 7), ("ж", 15)], estimate.Culprits.Select(culprit => (culprit.Character, culprit.At!.Value)));
    }

    private static TextTemplate Template(string text) => TextTemplate.TryParse(text, out var template, out _) ? template : throw new ArgumentException("Not a template.", nameof(text));
}
