using System.Runtime.CompilerServices;
using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>What a text would cost, and what is wrong with it.</summary>
public sealed record Estimate
{
    /// <summary>How many recipients there are.</summary>
    public required int Recipients { get; init; }

    /// <summary>How many segments go to all of them together, once each.</summary>
    public required long Segments { get; init; }

    /// <summary>The longest text; null when there are no recipients.</summary>
    public LongestText? Longest { get; init; }

    /// <summary>Who lacks a field that the text needs; the first <see cref="CampaignEstimates.MaxMissingFields"/>.</summary>
    public IReadOnlyList<MissingField> MissingFields { get; init; } = [];

    /// <summary>How many recipients lack each of the fields that somebody lacks.</summary>
    public IReadOnlyDictionary<string, int> MissingByField { get; init; } = new Dictionary<string, int>();

    /// <summary>How many recipients lack at least one of them.</summary>
    public int RecipientsWithMissingFields { get; init; }

    /// <summary>Characters that GSM-7 lacks, those of the text itself first; at most <see cref="CampaignEstimates.MaxCulprits"/>.</summary>
    public IReadOnlyList<EstimateCulprit> Culprits { get; init; } = [];

    /// <summary>The first recipient whose text is over <see cref="SmsText.MaxSegments"/>; null when none is.</summary>
    public LongestText? TooLong { get; init; }
}

/// <summary>A long text.</summary>
/// <param name="To">To whom it goes; the first of those whose text is so long.</param>
/// <param name="Segments">How long it is.</param>
public sealed record LongestText(PhoneNumber To, int Segments);

/// <summary>A recipient who has no value for a field, or a blank one.</summary>
public sealed record MissingField(PhoneNumber To, string Field);

/// <summary>A character that makes texts take more segments.</summary>
/// <param name="Character">One code point.</param>
/// <param name="At">Where it is in the campaign's text, in UTF-16 units; null when it is in a recipient's field.</param>
/// <param name="To">Whose field; null when it is in the campaign's text.</param>
/// <param name="Field">Which field; null when it is in the campaign's text.</param>
public sealed record EstimateCulprit(string Character, int? At, PhoneNumber? To, string? Field);

/// <summary>Works out what a campaign's text comes to, over all of its recipients.</summary>
public sealed class CampaignEstimates(RecipientTable recipients)
{
    /// <summary>How many missing fields are named one by one.</summary>
    public const int MaxMissingFields = 1000;

    /// <summary>How many culprits are named.</summary>
    public const int MaxCulprits = 100;

    /// <summary>Estimates a text. Where it is the same for all, only the first recipient is read.</summary>
    /// <param name="campaign">To whose recipients.</param>
    /// <param name="template">The text; need not be the campaign's.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Estimate> OfAsync(Campaign campaign, TextTemplate template, CancellationToken cancellationToken)
    {
        var culprits = CulpritsOf(template);
        if (!template.IsPersonal) return Alike(campaign, template, culprits, await RecipientsAsync(campaign, cancellationToken).FirstOrDefaultAsync(cancellationToken));
        var tally = new Tally(template, culprits);
        await foreach (var recipient in RecipientsAsync(campaign, cancellationToken)) tally.Add(recipient);
        return tally.ToEstimate();
    }

    private static Estimate Alike(Campaign campaign, TextTemplate template, List<EstimateCulprit> culprits, Recipient? first)
    {
        var longest = first is null ? null : new LongestText(first.To, SmsText.CountSegments(template.Text));
        return new Estimate
        {
            Recipients = campaign.Total,
            Segments = (long)campaign.Total * (longest?.Segments ?? 0),
            Longest = longest,
            Culprits = culprits,
            TooLong = longest is { Segments: > SmsText.MaxSegments } ? longest : null,
        };
    }

    private async IAsyncEnumerable<Recipient> RecipientsAsync(Campaign campaign, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (campaign.Shards.Count == 0)
        {
            await foreach (var recipient in recipients.MergedAsync(campaign, null, cancellationToken)) yield return recipient;
        }
        for (var shard = 0; shard < campaign.Shards.Count; shard++)
        {
            await foreach (var (_, recipient) in recipients.AllAsync(new ShardId(campaign.Id, shard), cancellationToken)) yield return recipient;
        }
    }

    private static List<EstimateCulprit> CulpritsOf(TextTemplate template) =>
        [.. SmsText.Of(template.Text).Culprits.Where(culprit => !IsInName(template.Text, culprit.At)).Take(MaxCulprits).Select(culprit => new EstimateCulprit(culprit.Character, culprit.At, null, null))];

    /// <summary>Whether a place is in the name of a placeholder's field, which nobody is sent.</summary>
    private static bool IsInName(string text, int at)
    {
        var before = text.AsSpan(0, at);
        var inside = before[(before.LastIndexOf("{{") + 1)..];
        return before.LastIndexOf("{{") >= 0 && !inside.Contains("}}", StringComparison.Ordinal) && !inside.Contains("??", StringComparison.Ordinal);
    }

    private sealed class Tally(TextTemplate template, List<EstimateCulprit> culprits)
    {
        private readonly List<MissingField> _missing = [];
        private readonly Dictionary<string, int> _missingByField = [];
        private int _recipients;
        private int _withMissing;
        private long _segments;
        private LongestText? _longest;
        private LongestText? _tooLong;

        public void Add(Recipient recipient)
        {
            var text = template.Render(recipient.Fields);
            var segments = SmsText.CountSegments(text);
            _recipients++;
            _segments += segments;
            if (!(segments <= _longest?.Segments)) _longest = new LongestText(recipient.To, segments);
            if (segments > SmsText.MaxSegments) _tooLong ??= new LongestText(recipient.To, segments);
            AddMissing(recipient);
            if (culprits.Count < MaxCulprits) AddCulprits(recipient);
        }

        public Estimate ToEstimate() => new()
        {
            Recipients = _recipients,
            Segments = _segments,
            Longest = _longest,
            MissingFields = _missing,
            MissingByField = _missingByField,
            RecipientsWithMissingFields = _withMissing,
            Culprits = culprits,
            TooLong = _tooLong,
        };

        private void AddMissing(Recipient recipient)
        {
            var any = false;
            foreach (var field in template.MissingFrom(recipient.Fields))
            {
                any = true;
                _missingByField[field] = _missingByField.GetValueOrDefault(field) + 1;
                if (_missing.Count < MaxMissingFields) _missing.Add(new MissingField(recipient.To, field));
            }
            if (any) _withMissing++;
        }

        private void AddCulprits(Recipient recipient)
        {
            foreach (var field in template.Fields)
            {
                if (!recipient.Fields.TryGetValue(field, out var value)) continue;
                var found = SmsText.Of(value).Culprits.Select(culprit => new EstimateCulprit(culprit.Character, null, recipient.To, field));
                culprits.AddRange(found.Take(MaxCulprits - culprits.Count));
            }
        }
    }
}
