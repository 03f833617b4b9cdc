using FsCheck;
using FsCheck.Fluent;
using Serverless.Storage;

namespace Serverless.Tests.Unit.Storage;

public sealed class SortedStreamsTests
{
    [Fact]
    public void Merged_streams_are_all_items_in_order() => Prop.ForAll<string[][]>(streams =>
    {
        var sorted = streams.Select(stream => stream.Select(item => item ?? "").Order(StringComparer.Ordinal).ToArray()).ToList();
        var merged = sorted.Select(stream => stream.ToAsyncEnumerable()).MergeAsync(item => item, default).ToBlockingEnumerable();
        return merged.SequenceEqual(sorted.SelectMany(stream => stream).Order(StringComparer.Ordinal));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Each_stream_is_read_no_further_than_asked_for_and_closed_in_the_end()
    {
        var (read, closed) = (new int[2], 0);

        var first = await new[] { Items(0, "a", "c", "e"), Items(1, "b", "d", "f") }.MergeAsync(item => item, default).Take(2).ToListAsync();

        Assert.Equal(["a", "b"], first);
        Assert.Equal([2, 1], read);
        Assert.Equal(2, closed);

        async IAsyncEnumerable<string> Items(int stream, params string[] items)
        {
            try
            {
                foreach (var item in items)
                {
                    await Task.Yield();
                    read[stream]++;
                    yield return item;
                }
            }
            finally
            {
                closed++;
            }
        }
    }
}
