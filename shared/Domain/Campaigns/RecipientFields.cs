using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Serverless.Campaigns;

/// <summary>The names of fields, in order, each once whatever its casing. Meant to be shared by all recipients that have the same ones.</summary>
public sealed class FieldNames
{
    private const int FewNames = 8;

    private readonly string[] _names;
    private readonly Dictionary<string, int>? _indexes;

    /// <param name="names">The names; no two may differ in casing only.</param>
    /// <exception cref="ArgumentException">Two of them are the same.</exception>
    public FieldNames(IEnumerable<string> names)
    {
        _names = [.. names];
        var indexes = new Dictionary<string, int>(_names.Length, StringComparer.OrdinalIgnoreCase);
        foreach (var name in _names) indexes.Add(name, indexes.Count);
        if (_names.Length > FewNames) _indexes = indexes;
    }

    /// <summary>No names.</summary>
    public static FieldNames None { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => _names.Length;

    /// <summary>The name at a place.</summary>
    public string this[int index] => _names[index];

    /// <summary>Where a name is, in any casing; -1 when it is not among them.</summary>
    public int IndexOf(string name)
    {
        if (_indexes is not null) return _indexes.GetValueOrDefault(name, -1);
        for (var i = 0; i < _names.Length; i++)
        {
            if (_names[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        }
        return -1;
    }

    /// <summary>These names, and behind them those that the others have beside them; the very same object when there are none.</summary>
    public FieldNames With(FieldNames others)
    {
        if (ReferenceEquals(this, others)) return this;
        var missing = others._names.Where(name => IndexOf(name) < 0).ToList();
        return missing.Count == 0 ? this : new FieldNames([.. _names, .. missing]);
    }
}

/// <summary>
/// A recipient's fields in little memory: the values alone, beside names that are shared. Compares names without regard to case. What has no
/// value is not in it; a blank value is.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "What it is for says more than that it is a dictionary.")]
public sealed class RecipientFields : IReadOnlyDictionary<string, string>
{
    private readonly FieldNames _names;
    private readonly string?[] _values;

    /// <param name="names">The names.</param>
    /// <param name="values">
    /// Their values, in the same order, null for none; there may be fewer than names. Theirs to keep: nobody may write to it any more.
    /// </param>
    /// <exception cref="ArgumentException">There are more values than names.</exception>
    public RecipientFields(FieldNames names, string?[] values)
    {
        if (values.Length > names.Count) throw new ArgumentException("There are more values than names.", nameof(values));
        (_names, _values) = (names, values);
    }

    /// <summary>No fields.</summary>
    public static RecipientFields None { get; } = new(FieldNames.None, []);

    /// <summary>The shared names; this recipient need not have a value for each.</summary>
    public FieldNames Names => _names;

    /// <inheritdoc/>
    public int Count => _values.Count(value => value is not null);

    /// <inheritdoc/>
    public IEnumerable<string> Keys => this.Select(entry => entry.Key);

    /// <inheritdoc/>
    public IEnumerable<string> Values => _values.OfType<string>();

    /// <inheritdoc/>
    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException("There is no such field.");

    /// <summary>The fields of a dictionary; the very same object where it is one of this kind.</summary>
    /// <exception cref="ArgumentException">Two names differ in casing only.</exception>
    public static RecipientFields Of(IReadOnlyDictionary<string, string> fields) =>
        fields as RecipientFields ?? (fields.Count == 0 ? None : new RecipientFields(new FieldNames(fields.Keys), [.. fields.Values]));

    /// <summary>The value at a place of <see cref="Names"/>; null for none.</summary>
    public string? ValueAt(int index) => index < _values.Length ? _values[index] : null;

    /// <summary>These fields and later ones: the later value counts, but a blank one does not take the place of another.</summary>
    public RecipientFields MergedWith(RecipientFields later)
    {
        if (later._values.Length == 0) return this;
        if (_values.Length == 0) return later;
        var names = _names.With(later._names);
        var values = new string?[names.Count];
        _values.CopyTo(values, 0);
        for (var i = 0; i < later._values.Length; i++)
        {
            if (later._values[i] is not { } value) continue;
            ref var merged = ref values[names.IndexOf(later._names[i])];
            if (merged is null || !string.IsNullOrWhiteSpace(value)) merged = value;
        }
        return new RecipientFields(names, values);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        value = _names.IndexOf(key) is >= 0 and var index ? ValueAt(index) : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (var i = 0; i < _values.Length; i++)
        {
            if (_values[i] is { } value) yield return KeyValuePair.Create(_names[i], value);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
