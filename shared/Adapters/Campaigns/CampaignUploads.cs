using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Serverless.Contacts;

namespace Serverless.Campaigns;

/// <summary>What became of an upload.</summary>
public abstract record UploadOutcome
{
    private UploadOutcome()
    {
    }

    /// <summary>The recipients are there.</summary>
    /// <param name="Accepted">How many numbers are new to the campaign.</param>
    /// <param name="Duplicates">How many rows were merged into a recipient of an earlier row or upload.</param>
    public sealed record Added(int Accepted, int Duplicates) : UploadOutcome;

    /// <summary>There is no such campaign.</summary>
    public sealed record NotFound : UploadOutcome;

    /// <summary>The campaign takes no recipients any more.</summary>
    public sealed record WrongState : UploadOutcome;

    /// <summary>The campaign would have too many names of fields, or too long ones. Nothing was added.</summary>
    public sealed record TooManyFields : UploadOutcome;

    /// <summary>The campaign would have more than <see cref="CampaignUploads.MaxRecipients"/>. Nothing was added.</summary>
    public sealed record TooManyRecipients : UploadOutcome;

    /// <summary>The campaign has had <see cref="CampaignUploads.MaxUploads"/> already. Nothing was added.</summary>
    public sealed record TooManyUploads : UploadOutcome;
}

/// <summary>Adds recipients to campaigns: all of a call or, whatever happens, none.</summary>
public sealed class CampaignUploads(CampaignTable campaigns, RecipientTable recipients, ContactTable contacts, TimeProvider time)
{
    /// <summary>The most rows of a call.</summary>
    public const int MaxRows = 100_000;

    /// <summary>The most calls that add recipients to a campaign.</summary>
    public const int MaxUploads = 400;

    /// <summary>The most recipients of a campaign.</summary>
    public const int MaxRecipients = 1_000_000;

    /// <summary>The most names of fields of a campaign.</summary>
    public const int MaxFieldNames = 200;

    // They are kept in one string of the campaign's row, beside the uploads.
    private const int MaxFieldNamesLength = 4000;

    private const int IndexBits = 17;

    /// <summary>Adds recipients; those of one number become one, of whose fields the later value counts.</summary>
    /// <param name="id">To which campaign.</param>
    /// <param name="rows">The recipients, in the order of the call; at most <see cref="MaxRows"/>.</param>
    /// <param name="cancellationToken">Ends the adding; nothing was added then, unless it was done already.</param>
    public async Task<UploadOutcome> AddAsync(CampaignId id, IReadOnlyList<Recipient> rows, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, MaxRows);
        if (await campaigns.FindAsync(id, cancellationToken) is not { } found) return new UploadOutcome.NotFound();
        var addition = Addition.Of(rows, NewUploadId());
        if (addition.Refusal(found.Value) is { } refusal) return refusal;
        if (found.Value.QuietHours is not null) await addition.LocateAsync(contacts, cancellationToken);
        await addition.CountAsync(found.Value, recipients, cancellationToken);
        if (addition.Refusal(found.Value) is { } tooMany) return tooMany;
        if (rows.Count == 0) return addition.Outcome;

        await recipients.AddUploadAsync(id, addition.Upload.Id, addition.Recipients, cancellationToken);
        while (true)
        {
            // Uploads commit one after the other: none counts before all earlier ones are known to it.
            var changed = await campaigns.ChangeAsync(id, addition.Commit, cancellationToken);
            if (changed is not { Campaign: var now }) return new UploadOutcome.NotFound();
            if (addition.IsIn(now)) return addition.Outcome;
            if (addition.Refusal(now) is { } late) return late;
            await addition.CountAsync(now, recipients, cancellationToken);
        }
    }

    // The seconds first, so that later uploads have higher keys.
    private string NewUploadId() =>
        time.GetUtcNow().ToUnixTimeSeconds().ToString("x8", CultureInfo.InvariantCulture) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    /// <summary>What a call adds to a campaign, as far as the campaign's uploads are known by now.</summary>
    private sealed class Addition
    {
        private readonly int _rows;
        private readonly long[] _numbers;
        private readonly bool[] _known;
        private readonly bool[] _hasZone;
        private readonly FieldNames _fieldNames;
        private readonly HashSet<string> _counted = [];
        private int _new;
        private int _newWithoutZone;

        private Addition(int rows, List<Recipient> recipients, string uploadId)
        {
            (_rows, Recipients, Upload) = (rows, recipients, new CampaignUpload(uploadId, recipients.Count));
            _numbers = [.. recipients.Select(recipient => CompactNumber.Of(recipient.To))];
            _known = new bool[_numbers.Length];
            _hasZone = [.. recipients.Select(recipient => recipient.To.Area.Zones.Count > 0)];
            _fieldNames = NamesOf(recipients);
        }

        public CampaignUpload Upload { get; }

        /// <summary>Sorted, each number once.</summary>
        public IReadOnlyList<Recipient> Recipients { get; }

        public UploadOutcome.Added Outcome => new(_new, _rows - _new);

        public static Addition Of(IReadOnlyList<Recipient> rows, string uploadId)
        {
            // The number with the row's index behind it: sorts rows of a number in their order, in eight bytes each.
            var keys = new long[rows.Count];
            for (var i = 0; i < keys.Length; i++) keys[i] = (CompactNumber.Of(rows[i].To) << IndexBits) | (long)i;
            Array.Sort(keys);
            var merged = new List<Recipient>(rows.Count);
            for (var i = 0; i < keys.Length; i++)
            {
                var row = rows[(int)(keys[i] & ((1 << IndexBits) - 1))];
                if (i > 0 && keys[i] >> IndexBits == keys[i - 1] >> IndexBits) merged[^1] = RecipientMerge.Merge(merged[^1], row);
                else merged.Add(row);
            }
            return new Addition(rows.Count, merged, uploadId);
        }

        /// <summary>Looks where those live of whom the number does not tell.</summary>
        public async Task LocateAsync(ContactTable contacts, CancellationToken cancellationToken)
        {
            var unknown = Enumerable.Range(0, _hasZone.Length).Where(i => !_hasZone[i]).ToList();
            var owners = await contacts.OwnersAsync([.. unknown.Select(i => Recipients[i].To)], cancellationToken);
            foreach (var i in unknown) _hasZone[i] = owners.GetValueOrDefault(Recipients[i].To)?.TimeZone is not null;
        }

        /// <summary>Counts what is new, now that the campaign has these uploads.</summary>
        public async Task CountAsync(Campaign campaign, RecipientTable table, CancellationToken cancellationToken)
        {
            var uncounted = campaign.Uploads.Select(upload => upload.Id).Where(upload => !_counted.Contains(upload)).ToList();
            await table.MarkAsync(campaign.Id, uncounted, _numbers, _known, cancellationToken);
            _counted.UnionWith(uncounted);
            (_new, _newWithoutZone) = (0, 0);
            for (var i = 0; i < _known.Length; i++)
            {
                if (_known[i]) continue;
                _new++;
                if (!_hasZone[i]) _newWithoutZone++;
            }
        }

        /// <summary>Why it cannot be added; null when it can, as far as can be said before all is counted.</summary>
        public UploadOutcome? Refusal(Campaign campaign)
        {
            if (CampaignLifecycle.Add(campaign, Upload, 0, 0, []) is null) return new UploadOutcome.WrongState();
            if (campaign.Uploads.Count >= MaxUploads) return new UploadOutcome.TooManyUploads();
            var names = new FieldNames(campaign.FieldNames).With(_fieldNames);
            if (names.Count > MaxFieldNames || LengthOf(names) > MaxFieldNamesLength) return new UploadOutcome.TooManyFields();
            return IsCounted(campaign) && campaign.Total + _new > MaxRecipients ? new UploadOutcome.TooManyRecipients() : null;
        }

        /// <summary>The campaign with the upload; null when it cannot be added, or not yet.</summary>
        public Campaign? Commit(Campaign campaign) => IsIn(campaign) || !IsCounted(campaign) || Refusal(campaign) is not null
            ? null
            : CampaignLifecycle.Add(campaign, Upload, _new, _newWithoutZone, Enumerable.Range(0, _fieldNames.Count).Select(i => _fieldNames[i]));

        public bool IsIn(Campaign campaign) => campaign.Uploads.Any(upload => upload.Id == Upload.Id);

        private bool IsCounted(Campaign campaign) => campaign.Uploads.All(upload => _counted.Contains(upload.Id));

        private static FieldNames NamesOf(IEnumerable<Recipient> recipients)
        {
            var (names, last) = (FieldNames.None, FieldNames.None);
            foreach (var recipient in recipients)
            {
                if (recipient.Fields is RecipientFields fields && ReferenceEquals(fields.Names, last)) continue;
                last = RecipientFields.Of(recipient.Fields).Names;
                if (names.Count <= MaxFieldNames) names = names.With(last);
            }
            return names;
        }

        /// <summary>As they are stored, where other alphabets take more.</summary>
        private static int LengthOf(FieldNames names) => Enumerable.Range(0, names.Count).Sum(i => JsonEncodedText.Encode(names[i]).EncodedUtf8Bytes.Length);
    }
}
