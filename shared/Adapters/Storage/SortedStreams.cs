using System.Runtime.CompilerServices;

namespace Serverless.Storage;

/// <summary>Streams that are sorted each, as one that is.</summary>
internal static class SortedStreams
{
    /// <summary>Merges them by a key, in ordinal order; of equal keys, those of earlier streams first. Each is read no further than is asked for, one item ahead.</summary>
    public static async IAsyncEnumerable<T> MergeAsync<T>(
        this IEnumerable<IAsyncEnumerable<T>> streams, Func<T, string> key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var readers = streams.Select(stream => stream.GetAsyncEnumerator(cancellationToken)).ToList();
        try
        {
            var next = new PriorityQueue<IAsyncEnumerator<T>, (string Key, int Stream)>(Comparer<(string Key, int Stream)>.Create(
                (x, y) => string.CompareOrdinal(x.Key, y.Key) is var order && order != 0 ? order : x.Stream.CompareTo(y.Stream)));
            var begun = await Task.WhenAll(readers.Select(reader => reader.MoveNextAsync().AsTask()));
            for (var i = 0; i < readers.Count; i++)
            {
                if (begun[i]) next.Enqueue(readers[i], (key(readers[i].Current), i));
            }
            while (next.TryDequeue(out var reader, out var at))
            {
                yield return reader.Current;
                if (await reader.MoveNextAsync()) next.Enqueue(reader, (key(reader.Current), at.Stream));
            }
        }
        finally
        {
            foreach (var reader in readers) await reader.DisposeAsync();
        }
    }
}
