using System.Security.Cryptography;
using System.Text;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Conversations;

/// <summary>A text that was left out of the conversations.</summary>
/// <param name="Id">The carrier's id.</param>
/// <param name="From">Who wrote, as well as it could be read.</param>
/// <param name="Text">What.</param>
/// <param name="ReceivedAt">When.</param>
/// <param name="Reason">Why it was left out.</param>
public sealed record DroppedText(string Id, string From, string Text, DateTimeOffset ReceivedAt, DropReason Reason);

/// <summary>How many texts were left out.</summary>
public sealed record DroppedCounts(int UnknownSender, int NotStarted);

/// <summary>
/// The texts that were left out, newest first, with how many there are: a row each, and one of counts, which change together. Texts that are
/// left out at once share a transaction.
/// </summary>
public sealed class DroppedTextTable
{
    private const string Partition = "dropped";
    private const string TextPrefix = "t~";
    private const string CountsKey = "counts";

    private readonly LazyTable _table;
    private readonly TextCipher _cipher;
    private readonly GroupCommit<DroppedText> _commits;

    /// <summary>The texts in the app's storage.</summary>
    public DroppedTextTable(TableRegistry tables, TextCipher cipher)
    {
        (_table, _cipher) = (tables.Table("DroppedTexts"), cipher);
        _commits = new GroupCommit<DroppedText>(CommitAsync, AppendTable.MaxGroup - 1); // and the counts
    }

    /// <summary>Enters a text. Safe to repeat: it is counted once.</summary>
    public Task AddAsync(DroppedText text, CancellationToken cancellationToken) => _commits.AddAsync(text, cancellationToken);

    /// <summary>How many were left out.</summary>
    public async Task<DroppedCounts> CountsAsync(CancellationToken cancellationToken) => CountsOf(await FindAsync(await _table.GetAsync(cancellationToken), CountsKey, cancellationToken));

    /// <summary>The texts, newest first.</summary>
    /// <param name="after">Only those behind this place, as <see cref="PlaceOf"/> gives it; null for all.</param>
    /// <param name="pageSize">How many to read at a time, at most 1000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<DroppedText> NewestFirstAsync(string? after, int pageSize, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {TextPrefix + after} and RowKey lt {TextPrefix + "~"}");
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellationToken)) yield return FromRow(row);
    }

    /// <summary>Where a text stands in the list.</summary>
    public static string PlaceOf(DroppedText text) =>
        MessageId.EntryPrefix(text.ReceivedAt) + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Id)).AsSpan(0, 16));

    private async Task CommitAsync(IReadOnlyList<DroppedText> texts)
    {
        var table = await _table.GetAsync(CancellationToken.None);
        var fresh = texts.DistinctBy(PlaceOf).ToList();
        while (fresh.Count > 0)
        {
            var counts = await FindAsync(table, CountsKey, CancellationToken.None);
            try
            {
                await table.SubmitTransactionAsync([.. fresh.Select(text => new TableTransactionAction(TableTransactionActionType.Add, ToRow(text))), AddToCounts(counts, fresh)]);
                return;
            }
            catch (RequestFailedException e) when (StorageFaults.AlreadyExists(e) || StorageFaults.LostRace(e))
            {
                // Somebody else wrote, or some came again, or the pipeline repeated a transaction whose answer was lost.
                var rows = await Task.WhenAll(fresh.Select(text => FindAsync(table, TextPrefix + PlaceOf(text), CancellationToken.None)));
                fresh = [.. fresh.Zip(rows).Where(pair => pair.Second is null).Select(pair => pair.First)];
            }
        }
    }

    private static TableTransactionAction AddToCounts(TableEntity? found, List<DroppedText> texts)
    {
        var counts = CountsOf(found);
        var row = new TableEntity(Partition, CountsKey)
        {
            [nameof(DropReason.UnknownSender)] = counts.UnknownSender + texts.Count(text => text.Reason is DropReason.UnknownSender),
            [nameof(DropReason.NotStarted)] = counts.NotStarted + texts.Count(text => text.Reason is DropReason.NotStarted),
        };
        return found is null
            ? new TableTransactionAction(TableTransactionActionType.Add, row)
            : new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, found.ETag);
    }

    private static DroppedCounts CountsOf(TableEntity? row) => new(row?.GetInt32(nameof(DropReason.UnknownSender)) ?? 0, row?.GetInt32(nameof(DropReason.NotStarted)) ?? 0);

    private static async Task<TableEntity?> FindAsync(TableClient table, string key, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, key, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    private TableEntity ToRow(DroppedText text) => new(Partition, TextPrefix + PlaceOf(text))
    {
        ["Id"] = text.Id,
        ["From"] = text.From,
        ["Text"] = _cipher.Protect(text.Text),
        ["ReceivedAt"] = text.ReceivedAt,
        ["Reason"] = text.Reason.ToString(),
    };

    private DroppedText FromRow(TableEntity row) => new(
        row.GetString("Id")!,
        row.GetString("From")!,
        _cipher.Reveal(row.GetString("Text")!),
        row.GetDateTimeOffset("ReceivedAt")!.Value,
        Enum.Parse<DropReason>(row.GetString("Reason")!));
}
