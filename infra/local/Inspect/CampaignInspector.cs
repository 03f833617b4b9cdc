using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Campaigns;
using Serverless.Messages;

namespace Serverless.Local.Inspect;

/// <summary>
/// Prints what a campaign's tables hold: heads, batches and journal are packed, and a storage browser shows bytes. Reads only, so it can be
/// used beside a running system. Numbers are masked.
/// </summary>
internal sealed class CampaignInspector(CampaignTable campaigns, ShardTable shards, RecipientTable recipients, TextWriter output)
{
    /// <returns>Whether there is such a campaign.</returns>
    public static async Task<bool> PrintAsync(string connectionString, string tablePrefix, string campaign, TextWriter output, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string?> { ["Storage:ConnectionString"] = connectionString, ["Storage:TablePrefix"] = tablePrefix };
        var services = new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        await using var provider = services.AddLogging().AddStorage().AddCampaigns().AddSingleton(output).AddSingleton<CampaignInspector>().BuildServiceProvider();
        return CampaignId.TryParse(campaign, out var id) && await provider.GetRequiredService<CampaignInspector>().PrintAsync(id, cancellationToken);
    }

    private async Task<bool> PrintAsync(CampaignId id, CancellationToken cancellationToken)
    {
        if (await campaigns.FindAsync(id, cancellationToken) is not { Value: var campaign }) return false;
        await WriteAsync($"Campaign {id.Value}: {campaign.Name}");
        await WriteAsync($"  status      {campaign.Status}{(campaign.Archived ? ", archived" : "")}{(campaign.PausedBecause is { } cause ? $", because of {cause}" : "")}");
        await WriteAsync($"  created     {Time(campaign.CreatedAt)}   started {Time(campaign.StartedAt)}   ended {Time(campaign.EndedAt)}");
        await WriteAsync($"  recipients  {campaign.Total} of {campaign.Uploads.Count} uploads, in {campaign.Shards.Count} shards");
        for (var number = 0; number < campaign.Shards.Count; number++) await PrintAsync(new ShardId(id, number), cancellationToken);
        return true;
    }

    private async Task PrintAsync(ShardId shard, CancellationToken cancellationToken)
    {
        if (await shards.ReadAsync(shard, cancellationToken) is not { } state) return;
        await WriteAsync($"");
        await WriteAsync($"Shard {shard.Number}: {state.Length} recipients{(state.Archived is null ? "" : ", shown as they were when archived")}");
        await WriteAsync($"  next        due {Time(state.NextDue)}   attempt {Time(state.NextAttemptAt)}");
        foreach (var status in Enum.GetValues<MessageStatus>().Where(status => state.Counts.Of(status) > 0)) await WriteAsync($"  {status,-14}  {state.Counts.Of(status),6}");
        await WriteAsync($"  head");
        await foreach (var (index, recipient) in recipients.AllAsync(shard, cancellationToken)) await PrintAsync(index, recipient, state.Shown(index));
        await WriteAsync($"  calls");
        await foreach (var call in shards.CallsAsync(shard, null, null, cancellationToken)) await WriteAsync($"    attempt {call.Attempt}, {call.Recipients.Count} recipients: {Ranges(call.Recipients)}");
        await WriteAsync($"  journal");
        await foreach (var entry in shards.JournalAsync(shard, cancellationToken)) await PrintAsync(entry);
    }

    private Task PrintAsync(int index, Recipient recipient, (RecipientState State, MessageStatus? LateOutcome) shown)
    {
        var (state, late) = shown;
        List<string> rest = [$"attempts {state.Attempts}"];
        if (state.AttemptsBefore > 0) rest.Add($"of which {state.AttemptsBefore} before a re-send by hand");
        rest.Add($"at {Time(state.At)}");
        if (state.Due is not null) rest.Add($"due {Time(state.Due)}");
        if (late is not null) rest.Add($"later {late}");
        if (recipient.Fields.Count > 0) rest.Add($"fields {string.Join('/', recipient.Fields.Keys)}");
        return WriteAsync($"    {index,5}  {recipient.To.Masked}  {state.Status,-14}  {state.ShownReason,-22}  {string.Join(", ", rest)}");
    }

    private async Task PrintAsync(JournalEntry entry)
    {
        await WriteAsync($"    {entry.Version,6}  {Time(entry.At)}");
        foreach (var kind in entry.Events.GroupBy(happened => (happened.Kind, happened.Attempt, happened.Finding?.Outcome, Reason: happened.Finding?.Reason ?? happened.Reason, happened.Finding?.CarrierCode)))
        {
            var words = string.Join(' ', new object?[] { kind.Key.Kind, kind.Key.Attempt > 0 ? $"attempt {kind.Key.Attempt}" : null, kind.Key.Outcome, kind.Key.Reason, kind.Key.CarrierCode }.Where(word => word is not null));
            await WriteAsync($"            {words}: {Ranges([.. kind.Select(happened => happened.Index)])}");
        }
        if (entry.Archives) await WriteAsync($"            Archived");
    }

    /// <summary>Indexes as ranges: "0-99, 105".</summary>
    internal static string Ranges(IReadOnlyList<int> indexes)
    {
        var sorted = indexes.Order().ToList();
        return string.Join(", ", sorted
            .Select((index, place) => (index, Run: index - place))
            .GroupBy(entry => entry.Run)
            .Select(run => run.Count() == 1 ? $"{run.First().index}" : $"{run.First().index}-{run.Last().index}"));
    }

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "-";

    private Task WriteAsync(FormattableString line) => output.WriteLineAsync(FormattableString.Invariant(line));
}
