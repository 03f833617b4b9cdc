namespace Serverless.Campaigns;

/// <summary>Merges uploads that are sorted by number: each number once, with the fields of all its rows.</summary>
internal sealed class RecipientMerge : IAsyncDisposable
{
    // By number, and for the same number the older upload first.
    private readonly PriorityQueue<IAsyncEnumerator<Recipient>, (long Number, int Upload)> _queue = new();
    private readonly List<IAsyncEnumerator<Recipient>> _uploads = [];

    public async Task StartAsync(IReadOnlyList<CampaignUpload> uploads, Func<CampaignUpload, IAsyncEnumerable<Recipient>> read, int atOnce)
    {
        _uploads.AddRange(uploads.Select(upload => read(upload).GetAsyncEnumerator()));
        var isThere = new bool[uploads.Count];
        await Parallel.ForAsync(0, uploads.Count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) => isThere[i] = await _uploads[i].MoveNextAsync());
        for (var i = 0; i < isThere.Length; i++)
        {
            if (isThere[i]) Enqueue(i);
        }
    }

    public async ValueTask<Recipient?> NextAsync()
    {
        if (!_queue.TryDequeue(out var upload, out var place)) return null;
        var recipient = upload.Current;
        await AdvanceAsync(place.Upload);
        while (_queue.TryPeek(out upload, out var next) && next.Number == place.Number)
        {
            recipient = Merge(recipient, upload.Current);
            _queue.Dequeue();
            await AdvanceAsync(next.Upload);
        }
        return recipient;
    }

    public static Recipient Merge(Recipient earlier, Recipient later) =>
        earlier with { Fields = RecipientFields.Of(earlier.Fields).MergedWith(RecipientFields.Of(later.Fields)) };

    public async ValueTask DisposeAsync()
    {
        foreach (var upload in _uploads) await upload.DisposeAsync();
    }

    private async ValueTask AdvanceAsync(int upload)
    {
        if (await _uploads[upload].MoveNextAsync()) Enqueue(upload);
    }

    private void Enqueue(int upload) => _queue.Enqueue(_uploads[upload], (CompactNumber.Of(_uploads[upload].Current.To), upload));
}
