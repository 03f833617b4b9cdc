using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Storage;

namespace Serverless.Campaigns;

/// <summary>The campaigns, newest first: a row each, written seldom. Where recipients stand is not in it.</summary>
public sealed class CampaignTable(TableRegistry tables, TextCipher cipher)
{
    private const string Partition = "c";

    private readonly LazyTable _table = tables.Table("Campaigns");

    /// <summary>Adds a campaign; false when there is one of that id. Safe to repeat.</summary>
    public async Task<bool> TryAddAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            await table.AddEntityAsync(ToRow(campaign), cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (StorageFaults.AlreadyExists(e))
        {
            return false;
        }
    }

    /// <summary>The campaign of that id; null when there is none.</summary>
    public async Task<Stored<Campaign>?> FindAsync(CampaignId id, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, id.Value, cancellationToken: cancellationToken);
        return found.HasValue ? FromRow(found.Value!) : null;
    }

    /// <summary>Changes a campaign, on whatever state it has by now. Safe to repeat where <paramref name="change"/> is.</summary>
    /// <param name="id">Which.</param>
    /// <param name="change">Gives the campaign after it, or null to leave it; called again when somebody else wrote in between.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The campaign as it is now, and whether it was changed; null when there is none.</returns>
    public async Task<(Campaign Campaign, bool Changed)?> ChangeAsync(CampaignId id, Func<Campaign, Campaign?> change, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        while (true)
        {
            if (await FindAsync(id, cancellationToken) is not { } found) return null;
            if (change(found.Value) is not { } changed || changed == found.Value) return (found.Value, false);
            try
            {
                await table.UpdateEntityAsync(ToRow(changed), found.Version, TableUpdateMode.Replace, cancellationToken);
                return (changed, true);
            }
            catch (RequestFailedException e) when (StorageFaults.LostRace(e))
            {
                // Or the answer to our own write was lost, and the pipeline wrote again: whoever looks again sees which.
                if (await FindAsync(id, cancellationToken) is { } now && Serialize(now.Value) == Serialize(changed)) return (changed, true);
            }
        }
    }

    /// <summary>The campaigns of a view behind <paramref name="after"/>, newest first.</summary>
    public async IAsyncEnumerable<Campaign> ListAsync(
        CampaignView? view,
        CampaignId? after,
        int pageSize,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {after?.Value ?? ""} and Archived eq {view is CampaignView.Archived}");
        if (view is CampaignView.Active) filter += " and Active eq true";
        if (view is CampaignView.History) filter += " and Started eq true";
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellationToken)) yield return FromRow(row).Value;
    }

    // The columns beside the last are for queries, and for people who look at the table.
    private TableEntity ToRow(Campaign campaign) => new(Partition, campaign.Id.Value)
    {
        ["Name"] = campaign.Name,
        ["Status"] = campaign.Status.ToString(),
        ["Archived"] = campaign.Archived,
        ["Active"] = campaign.IsActive,
        ["Started"] = campaign.StartedAt is not null,
        ["Campaign"] = cipher.Protect(Serialize(campaign)),
    };

    private static string Serialize(Campaign campaign) => JsonSerializer.Serialize(campaign, CampaignJson.Options);

    private Stored<Campaign> FromRow(TableEntity row) => new(JsonSerializer.Deserialize<Campaign>(cipher.Reveal(row.GetString("Campaign")!), CampaignJson.Options)!, row.ETag);
}

/// <summary>A part of the list of campaigns. The names are part of the API.</summary>
public enum CampaignView
{
    /// <summary>Under way, or waiting for it.</summary>
    Active = 1,

    /// <summary>Started, and not archived.</summary>
    History = 2,

    /// <summary>Archived.</summary>
    Archived = 3,
}

/// <summary>How a campaign is stored.</summary>
internal static class CampaignJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(), new IdConverter() },
    };

    private sealed class IdConverter : JsonConverter<CampaignId>
    {
        public override CampaignId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => CampaignId.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, CampaignId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
