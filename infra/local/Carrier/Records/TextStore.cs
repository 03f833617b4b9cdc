using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Serverless.Local.Carrier.Records;

/// <summary>Every text that was taken, in order. Each look-up is one step. Its owner keeps threads apart.</summary>
internal sealed class TextStore
{
    private readonly List<AcceptedText> _texts = [];
    private readonly Dictionary<Guid, AcceptedText> _byId = [];
    private readonly Dictionary<string, AcceptedText> _byRequestId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int First, int Last)> _byNumber = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To, string Message), int> _tries = [];

    public int Count => _texts.Count;

    public IEnumerable<AcceptedText> All => _texts;

    public void Add(AcceptedText text)
    {
        var place = _texts.Count;
        _texts.Add(text);
        _byId.Add(text.Id, text);
        if (text.RequestId is not null) _byRequestId[text.RequestId] = text;
        ref var chain = ref CollectionsMarshal.GetValueRefOrAddDefault(_byNumber, text.To, out var known);
        if (known) _texts[chain.Last].NextToSameNumber = place;
        chain = (known ? chain.First : place, place);
    }

    public AcceptedText? FindById(Guid id) => _byId.GetValueOrDefault(id);

    public bool TryFindByRequestId(string requestId, [NotNullWhen(true)] out AcceptedText? text) => _byRequestId.TryGetValue(requestId, out text);

    /// <summary>Counts a try of this text to this number, and says which one it is.</summary>
    public int CountTry(string from, string to, string message) =>
        ++CollectionsMarshal.GetValueRefOrAddDefault(_tries, (from, to, message), out _);

    /// <summary>Takes up the count where a text left it.</summary>
    public void RestoreTries(AcceptedText text) => _tries[(text.From, text.To, text.Message)] = text.Attempt;

    /// <summary>Texts in the order in which they were taken, with the place where the next page starts.</summary>
    /// <param name="to">Only those to this number; <see langword="null"/> for all.</param>
    /// <param name="start">Where to start: 0, or what the page before gave.</param>
    /// <param name="limit">How many at most.</param>
    public (IReadOnlyList<AcceptedText> Items, int? Next) Page(string? to, int start, int limit)
    {
        var items = new List<AcceptedText>();
        var place = to is null || start > 0 ? start : _byNumber.TryGetValue(to, out var chain) ? chain.First : _texts.Count;
        while (place < _texts.Count && items.Count < limit)
        {
            var text = _texts[place];
            if (to is not null && text.To != to) break;
            items.Add(text);
            place = to is null ? place + 1 : text.NextToSameNumber > 0 ? text.NextToSameNumber : _texts.Count;
        }
        return (items, place < _texts.Count ? place : null);
    }

    public void Clear()
    {
        _texts.Clear();
        _byId.Clear();
        _byRequestId.Clear();
        _byNumber.Clear();
        _tries.Clear();
    }
}
