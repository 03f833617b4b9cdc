using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Serverless.Campaigns;

/// <summary>
/// A campaign's id: opaque to callers, safe in a URL and in a table's name, and the key of its row. Sorts newest first. Holds 80 random
/// bits, so that nobody guesses one.
/// </summary>
public sealed record CampaignId
{
    private const int TimeLength = 12;
    private const int RandomBytes = 10;
    private const int Length = TimeLength + (2 * RandomBytes);

    private static readonly SearchValues<char> s_alphabet = SearchValues.Create("0123456789abcdef");
    private static readonly long s_lastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private CampaignId(string value) => Value = value;

    /// <summary>The id as callers see it.</summary>
    public string Value { get; }

    /// <summary>A new id.</summary>
    public static CampaignId New(DateTimeOffset now) => new(
        (s_lastMillisecond - now.ToUnixTimeMilliseconds()).ToString("x12", CultureInfo.InvariantCulture)
        + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes)));

    /// <summary>Reads an id; false for anything that was never one.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CampaignId? id)
    {
        id = text is { Length: Length } && !text.AsSpan().ContainsAnyExcept(s_alphabet) ? new CampaignId(text) : null;
        return id is not null;
    }

    /// <summary>Reads an id that is one of ours.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static CampaignId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException("Not the id of a campaign.");

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A part of a campaign's recipients, up to <see cref="ShardState.Capacity"/>, whose states are kept together.</summary>
/// <param name="Campaign">Whose.</param>
/// <param name="Number">Which, from 0.</param>
public sealed record ShardId(CampaignId Campaign, int Number);
