namespace Serverless.Local.Carrier.Records;

/// <summary>
/// Who opted out of which sender. Two things end a block differently: the word STOP is kept by the toll-free network, and only the
/// person can take it back; an entry made through the API can be removed through it. Its owner keeps threads apart.
/// </summary>
internal sealed class OptOutList
{
    private readonly Dictionary<(string From, string To), OptOutSources> _entries = [];

    public bool Contains(string from, string to) => _entries.ContainsKey((from, to));

    public void Add(string from, string to, OptOutSources source) => _entries[(from, to)] = _entries.GetValueOrDefault((from, to)) | source;

    public void Remove(string from, string to, OptOutSources sources)
    {
        var left = _entries.GetValueOrDefault((from, to)) & ~sources;
        if (left == OptOutSources.None) _entries.Remove((from, to));
        else _entries[(from, to)] = left;
    }

    public void Clear() => _entries.Clear();
}

/// <summary>What put an entry on the opt-out list.</summary>
[Flags]
internal enum OptOutSources
{
    None = 0,
    Keyword = 1,
    Api = 2,
    All = Keyword | Api,
}
