using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Contacts;

namespace Serverless.Campaigns;

/// <summary>
/// Recipients next to each other in one row. The row key is the partition's with the index of the first of them: unique in the table, in
/// the order of the numbers, and without a number in it.
/// </summary>
/// <param name="Partition">The partition.</param>
/// <param name="First">The index of the first recipient within the partition.</param>
/// <param name="To">The numbers, in order, with commas between.</param>
/// <param name="Fields">The fields as JSON: the names once, and the values of each recipient; null when nobody has any.</param>
/// <param name="IsLast">Whether it is known to be the last row of its partition.</param>
internal sealed record PackedRow(string Partition, int First, string To, string? Fields, bool IsLast)
{
    private const int IndexLength = 5;
    private const string LastColumn = "Last";

    public const string ToColumn = "To";
    public const string FieldsColumn = "Fields";

    /// <summary>The columns that say who is in it.</summary>
    public static readonly IReadOnlyList<string> NumberColumns = ["PartitionKey", "RowKey", ToColumn, LastColumn];

    public int Count => CountOf(To);

    /// <summary>The most bytes that the row can take in a request: whatever is not surely plain counts as escaped.</summary>
    public int MaxBytes => 1000 + EscapedLength(To) + EscapedLength(Fields);

    public static string Key(string partition, int first) => partition + "k" + first.ToString("D5", CultureInfo.InvariantCulture);

    public static PackedRow From(TableEntity row) => new(
        row.PartitionKey,
        int.Parse(row.RowKey.AsSpan(row.RowKey.Length - IndexLength), NumberStyles.None, CultureInfo.InvariantCulture),
        row.GetString(ToColumn)!,
        row.GetString(FieldsColumn),
        row.GetBoolean(LastColumn) is true);

    public TableEntity ToEntity()
    {
        var row = new TableEntity(Partition, Key(Partition, First)) { [ToColumn] = To };
        if (Fields is not null) row[FieldsColumn] = Fields;
        if (IsLast) row[LastColumn] = true;
        return row;
    }

    public Recipient[] Read()
    {
        var recipients = new Recipient[Count];
        var packed = Fields is null ? null : JsonSerializer.Deserialize<PackedFields>(Fields)!;
        var names = packed is null ? FieldNames.None : new FieldNames(packed.Names);
        var i = 0;
        foreach (var range in To.AsSpan().Split(','))
        {
            var values = packed?.Values[i];
            recipients[i++] = new Recipient(PhoneNumber.Parse(To[range]), values is { Length: > 0 } ? new RecipientFields(names, values) : RecipientFields.None);
        }
        return recipients;
    }

    public void CopyNumbers(Span<long> numbers)
    {
        var i = 0;
        foreach (var range in To.AsSpan().Split(',')) numbers[i++] = CompactNumber.Of(To.AsSpan(range));
    }

    private static int CountOf(string to) => (to.Length + 1) / (CompactNumber.E164Length + 1);

    private static int EscapedLength(string? text)
    {
        var length = 0;
        foreach (var c in text.AsSpan()) length += char.IsAsciiLetterOrDigit(c) || c is ' ' or ',' ? 1 : 6;
        return length;
    }

    private sealed record PackedFields([property: JsonPropertyName("names")] string[] Names, [property: JsonPropertyName("values")] string?[][] Values);
}

/// <summary>Packs recipients into rows, as many as fit.</summary>
/// <param name="partition">The rows' partition.</param>
internal sealed class PackedRowWriter(string partition)
{
    /// <summary>The most recipients of a row: as many as a call to the carrier takes.</summary>
    public const int MaxRecipients = 100;

    // A string of a row holds 32K characters.
    private const int MaxFieldsLength = 30_000;

    private readonly StringBuilder _to = new(MaxRecipients * (CompactNumber.E164Length + 1));
    private readonly StringBuilder _values = new();
    private readonly StringBuilder _json = new();
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.OrdinalIgnoreCase);
    private string?[] _line = new string?[4];
    private int _first;
    private int _count;
    private int _namesLength;

    /// <summary>Adds a recipient.</summary>
    /// <returns>The row before it, when it begins another one.</returns>
    public PackedRow? Add(Recipient recipient)
    {
        if (_count == MaxRecipients) return TakeAndAdd(recipient);
        var (values, names) = (_values.Length, _names.Count);
        AppendFields(recipient);
        if (_count > 0 && _values.Length + _namesLength > MaxFieldsLength)
        {
            Undo(values, names);
            return TakeAndAdd(recipient);
        }
        if (_count++ > 0) _to.Append(',');
        _to.Append(recipient.To.Value);
        return null;
    }

    /// <summary>The last row; null when there were no recipients at all.</summary>
    public PackedRow? Finish() => _count == 0 ? null : Take(isLast: true);

    private PackedRow TakeAndAdd(Recipient recipient)
    {
        var row = Take(isLast: false);
        Add(recipient);
        return row;
    }

    private PackedRow Take(bool isLast)
    {
        var row = new PackedRow(partition, _first, _to.ToString(), _names.Count == 0 ? null : FieldsJson(), isLast);
        _first += _count;
        _count = 0;
        _to.Clear();
        Undo(0, 0);
        return row;
    }

    private void Undo(int values, int names)
    {
        _values.Length = values;
        for (; _names.Count > names; _names.RemoveAt(_names.Count - 1))
        {
            _indexes.Remove(_names[^1]);
            _namesLength -= JsonLength(_names[^1]);
        }
    }

    private void AppendFields(Recipient recipient)
    {
        var used = 0;
        var fields = RecipientFields.Of(recipient.Fields);
        for (var i = 0; i < fields.Names.Count; i++)
        {
            if (fields.ValueAt(i) is not { } value) continue;
            var index = IndexOf(fields.Names[i]);
            if (index >= _line.Length) Array.Resize(ref _line, 2 * index);
            _line[index] = value;
            used = Math.Max(used, index + 1);
        }
        _values.Append(_values.Length == 0 ? "[" : ",[");
        AppendJson(_values, _line.AsSpan(0, used));
        _values.Append(']');
        _line.AsSpan(0, used).Clear();
    }

    private int IndexOf(string name)
    {
        if (_indexes.TryGetValue(name, out var index)) return index;
        _indexes.Add(name, _names.Count);
        _names.Add(name);
        _namesLength += JsonLength(name);
        return _names.Count - 1;
    }

    private string FieldsJson()
    {
        _json.Clear().Append("{\"names\":[");
        AppendJson(_json, CollectionsMarshal.AsSpan(_names)!);
        return _json.Append("],\"values\":[").Append(_values).Append("]}").ToString();
    }

    private static int JsonLength(string name)
    {
        var json = new StringBuilder();
        AppendJson(json, [name]);
        return json.Length + 1;
    }

    // Escapes what JSON demands and nothing else, so that no text takes more than about twice its length.
    private static void AppendJson(StringBuilder json, ReadOnlySpan<string?> texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (i > 0) json.Append(',');
            if (texts[i] is { } text) AppendJson(json, text);
            else json.Append("null");
        }
    }

    private static void AppendJson(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') json.Append('\\').Append(c);
            else if (c < ' ') json.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else json.Append(c);
        }
        json.Append('"');
    }
}
