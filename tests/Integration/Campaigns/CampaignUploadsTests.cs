using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Contacts;
using static Serverless.Tests.Integration.Campaigns.CampaignWorld;

namespace Serverless.Tests.Integration.Campaigns;

public sealed class CampaignUploadsTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly string[] s_names = ["First", "first", "LAST", "note"];

    private static Gen<(string Name, string Value)[]> Fields =>
        from first in Gen.Elements("", " ", "Ann", "Bea", "Čeněk")
        from last in Gen.Elements("", "Lee", "O\"Neill")
        from name in Gen.Elements(s_names)
        from other in Gen.Elements("LAST", "note")
        select name.Equals(other, StringComparison.OrdinalIgnoreCase) ? new[] { (name, first) } : [(name, first), (other, last)];

    // Few numbers, so that many come again; every third one toll-free.
    private static Gen<Recipient[]> Rows =>
        from count in Gen.Choose(0, 400)
        from rows in Gen.ArrayOf(from i in Gen.Choose(0, 600) from fields in Fields select Person(i % 3 == 0 ? 400_000 + i : i, fields), count)
        select rows;

    [Fact]
    public void Uploads_come_to_what_a_dictionary_would_hold() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(12), Prop.ForAll(Gen.ArrayOf(Rows, 4).ToArbitrary(), uploads => HoldAsync(uploads).GetAwaiter().GetResult()));

    [Fact]
    public async Task Uploads_at_once_in_two_processes_count_each_number_once()
    {
        await using var world = new CampaignWorld(azurite);
        await using var another = world.Another();
        var id = await world.NewCampaignAsync();
        var all = new[] { world.Uploads, another.Get<CampaignUploads>() };
        var random = new Random(7);
        var uploads = Enumerable.Range(0, 12).Select(_ => Enumerable.Range(0, 300).Select(_ => Person(399_000 + random.Next(2000), ("n", $"{random.Next()}"))).ToList()).ToList();

        var outcomes = await Task.WhenAll(uploads.Select((rows, i) => all[i % 2].AddAsync(id, rows, default)));

        var campaign = await world.CampaignAsync(id);
        var numbers = uploads.SelectMany(rows => rows).Select(row => row.To).Distinct().ToList();
        Assert.Equal(12, campaign.Uploads.Count);
        Assert.Equal(numbers.Count, campaign.Total);
        Assert.Equal(numbers.Count(number => number.IsTollFree), campaign.WithoutZone);
        Assert.Equal((numbers.Count, (12 * 300) - numbers.Count), (outcomes.Sum(outcome => Added(outcome).Accepted), outcomes.Sum(outcome => Added(outcome).Duplicates)));
        Assert.Equal(numbers.Count, await world.Recipients.MergedAsync(campaign, null, default).CountAsync());
    }

    [Fact]
    public async Task An_upload_is_compared_with_earlier_ones_of_the_same_process_without_reading_them()
    {
        await using var world = new CampaignWorld(azurite);
        var id = await world.NewCampaignAsync(People(0), People(200));
        world.Network.Reset();

        var outcomes = new[] { await world.Uploads.AddAsync(id, People(100), default), await world.Uploads.AddAsync(id, People(300), default) };

        Assert.Equal([new UploadOutcome.Added(0, 300), new UploadOutcome.Added(100, 200)], outcomes);
        Assert.Equal(0, world.Network.Queries);

        static List<Recipient> People(int from) => [.. Enumerable.Range(from, 300).Select(i => Person(i))];
    }

    [Fact]
    public async Task An_upload_that_was_cut_off_anywhere_is_not_there_and_can_be_repeated()
    {
        await using var world = new CampaignWorld(azurite);
        var people = Enumerable.Range(0, 20_100).Select(i => Person(i)).ToList();
        var id = await world.NewCampaignAsync(people[..50]);
        for (var from = 1; ; from++)
        {
            world.Network.Reset();
            world.Network.IsLost = number => number >= from;
            var (outcome, fault) = await TryAsync(() => world.Uploads.AddAsync(id, people, default));
            world.Network.IsLost = _ => false;

            var campaign = await world.CampaignAsync(id);
            if (outcome is not null)
            {
                Assert.Equal((20_100, 2), (campaign.Total, campaign.Uploads.Count));
                Assert.Equal(new UploadOutcome.Added(20_050, 50), outcome);
                break;
            }
            Assert.NotNull(fault);
            Assert.Equal((50, 1), (campaign.Total, campaign.Uploads.Count));
            Assert.Equal(50, await world.Recipients.MergedAsync(campaign, null, default).CountAsync());
        }
    }

    [Fact]
    public async Task An_upload_whose_answers_are_lost_is_counted_once()
    {
        await using var world = new CampaignWorld(azurite);
        var people = Enumerable.Range(0, 300).Select(i => Person(i)).ToList();
        for (var (lost, hit) = (1, true); hit; lost++)
        {
            var id = await world.NewCampaignAsync(people[..50]);
            world.Network.Reset();
            world.Network.IsAnswerLost = number => number == lost;
            var outcome = await world.Uploads.AddAsync(id, people, default);
            world.Network.IsAnswerLost = _ => false;
            hit = world.Network.Tries >= lost;

            Assert.Equal(new UploadOutcome.Added(250, 50), outcome);
            var campaign = await world.CampaignAsync(id);
            Assert.Equal((300, 2), (campaign.Total, campaign.Uploads.Count));
        }
    }

    [Fact]
    public async Task Only_a_draft_takes_recipients()
    {
        await using var world = new CampaignWorld(azurite);
        var id = await world.NewCampaignAsync([Person(1)]);
        await world.StartAsync(id);

        Assert.IsType<UploadOutcome.WrongState>(await world.Uploads.AddAsync(id, [Person(2)], default));
        Assert.IsType<UploadOutcome.NotFound>(await world.Uploads.AddAsync(CampaignId.New(DateTimeOffset.UnixEpoch), [Person(2)], default));
        Assert.Equal(1, (await world.CampaignAsync(id)).Total);
    }

    [Fact]
    public async Task An_upload_that_a_start_overtakes_is_refused_and_adds_nobody()
    {
        await using var world = new CampaignWorld(azurite);
        var id = await world.NewCampaignAsync([Person(1)]);
        await using var another = world.Another();
        world.Network.Reset();
        // The second request makes or writes the recipients' table: by then the campaign was read.
        world.Network.IsLost = number =>
        {
            if (number == 2) another.Get<CampaignTable>().ChangeAsync(id, campaign => CampaignLifecycle.Start(campaign, Number(0), DateTimeOffset.UnixEpoch), default).GetAwaiter().GetResult();
            return false;
        };

        Assert.IsType<UploadOutcome.WrongState>(await world.Uploads.AddAsync(id, [Person(2)], default));
        Assert.Equal(1, (await world.CampaignAsync(id)).Total);
    }

    [Fact]
    public async Task Limits_are_kept_and_what_is_over_them_adds_nobody()
    {
        await using var world = new CampaignWorld(azurite);
        var (fields, uploads, recipients) = (await world.NewCampaignAsync(), await world.NewCampaignAsync(), await world.NewCampaignAsync([Person(1)]));
        await world.Campaigns.ChangeAsync(uploads, campaign => campaign with { Uploads = [.. Enumerable.Range(0, CampaignUploads.MaxUploads).Select(i => new CampaignUpload($"{i}", 0))] }, default);
        await world.Campaigns.ChangeAsync(recipients, campaign => campaign with { Total = CampaignUploads.MaxRecipients - 1 }, default);
        var names = Enumerable.Range(0, 201).Select(i => $"f{i}").ToList();

        Assert.IsType<UploadOutcome.TooManyUploads>(await world.Uploads.AddAsync(uploads, [Person(2)], default));
        Assert.IsType<UploadOutcome.TooManyRecipients>(await world.Uploads.AddAsync(recipients, [Person(2), Person(3)], default));
        Assert.Equal(new UploadOutcome.Added(1, 1), await world.Uploads.AddAsync(recipients, [Person(1), Person(2)], default));
        Assert.IsType<UploadOutcome.TooManyFields>(await world.Uploads.AddAsync(fields, [Person(1, names.Select(name => (name, "v")))], default));
        Assert.IsType<UploadOutcome.TooManyFields>(await world.Uploads.AddAsync(fields, [Person(1, ("x", "v")), Person(2, (new string('n', 4000), "v"))], default));
        Assert.Equal(0, (await world.CampaignAsync(fields)).Total);
        Assert.Equal(new UploadOutcome.Added(1, 0), await world.Uploads.AddAsync(fields, [Person(1, names.Take(200).Select(name => (name, "v")))], default));
        Assert.IsType<UploadOutcome.TooManyFields>(await world.Uploads.AddAsync(fields, [Person(2, ("f200", "v"))], default));
        Assert.Equal(new UploadOutcome.Added(1, 0), await world.Uploads.AddAsync(fields, [Person(2, ("F199", "v"))], default));
    }

    private async Task HoldAsync(IReadOnlyList<Recipient[]> uploads)
    {
        await using var world = new CampaignWorld(azurite);
        var id = await world.NewCampaignAsync();
        var model = new SortedDictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var rows in uploads)
        {
            var before = model.Count;
            foreach (var row in rows) Merge(model, row);
            var accepted = model.Count - before;
            Assert.Equal(new UploadOutcome.Added(accepted, rows.Length - accepted), await world.Uploads.AddAsync(id, rows, default));
        }

        var campaign = await world.CampaignAsync(id);
        Assert.Equal((model.Count, model.Keys.Count(number => PhoneNumber.Parse(number).IsTollFree)), (campaign.Total, campaign.WithoutZone));
        Assert.Equal(
            uploads.SelectMany(rows => rows).SelectMany(row => row.Fields.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase),
            campaign.FieldNames.Order(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase);
        var expected = model.Select(entry => Describe(new Recipient(PhoneNumber.Parse(entry.Key), entry.Value)));
        Assert.Equal(expected, await world.Recipients.MergedAsync(campaign, null, default).Select(Describe).ToListAsync());
    }

    private static void Merge(SortedDictionary<string, Dictionary<string, string>> model, Recipient row)
    {
        if (!model.TryGetValue(row.To.Value, out var fields)) model.Add(row.To.Value, fields = new(StringComparer.OrdinalIgnoreCase));
        foreach (var (name, value) in row.Fields)
        {
            if (!string.IsNullOrWhiteSpace(value) || !fields.ContainsKey(name)) fields[name] = value;
        }
    }

    private static UploadOutcome.Added Added(UploadOutcome outcome) => Assert.IsType<UploadOutcome.Added>(outcome);

    private static async Task<(UploadOutcome? Outcome, Exception? Fault)> TryAsync(Func<Task<UploadOutcome>> add)
    {
        try
        {
            return (await add(), null);
        }
        catch (Exception fault)
        {
            return (null, fault);
        }
    }
}
