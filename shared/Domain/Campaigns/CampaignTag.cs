using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Serverless.Campaigns;

/// <summary>
/// What a campaign's call is tagged with. Together with the number that a report names, it finds the recipient without an index, even
/// before the call's answer is stored.
/// </summary>
/// <param name="Shard">Where the call's recipients are.</param>
/// <param name="Attempt">Which attempt the call is, of all its recipients.</param>
public sealed record CampaignTag(ShardId Shard, int Attempt)
{
    private const string Prefix = "c1";

    /// <summary>Reads a tag; false for one of another kind.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CampaignTag? tag)
    {
        tag = null;
        if (text?.Split('.') is not [Prefix, var campaign, var shard, var attempt] || !CampaignId.TryParse(campaign, out var id)) return false;
        if (!int.TryParse(shard, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        if (!int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1) return false;
        tag = new CampaignTag(new ShardId(id, number), count);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Prefix}.{Shard.Campaign.Value}.{Shard.Number}.{Attempt}");
}
