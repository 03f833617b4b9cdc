using System.Text.Json;

namespace Serverless.Campaigns;

/// <summary>Reads one element of an upload's list: <c>{"to","fields"?,"contactId"?}</c>.</summary>
internal sealed class JsonRecipient
{
    private const int MaxDepth = 64; // of a document: building one takes time by the square of its depth
    private static readonly JsonReaderOptions s_anyDepth = new() { MaxDepth = UploadLimits.Row };

    private readonly HashSet<string> _seen = [];
    private string? _to;
    private string? _contactId;
    private Dictionary<string, string>? _fields;

    /// <summary>The row with the verdict on it.</summary>
    /// <exception cref="JsonException">This is not one JSON value.</exception>
    public static UploadedRow Read(int row, ReadOnlySpan<byte> json)
    {
        if (DepthOf(json) > MaxDepth) return UploadVerdict.Malformed(row, null, "It is nested too deeply.");
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        var recipient = new JsonRecipient();
        var flaw = recipient.Take(document.RootElement);
        return flaw is null
            ? UploadVerdict.Of(row, recipient._to, recipient._contactId, recipient._fields)
            : UploadVerdict.Malformed(row, recipient._to, flaw);
    }

    /// <summary>Reads to the end, so that what is no JSON is told as that, and never as a row's fault.</summary>
    private static int DepthOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, s_anyDepth);
        var depth = 0;
        while (reader.Read()) depth = Math.Max(depth, reader.CurrentDepth);
        return depth;
    }

    /// <summary>What is wrong with it, or null. All of it is read, so that the number can be told all the same.</summary>
    private string? Take(JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.Object) return "An object is expected.";
        string? flaw = null;
        try
        {
            foreach (var property in element.EnumerateObject()) flaw = Take(property.Name, property.Value) ?? flaw;
        }
        catch (InvalidOperationException) // bytes that are not UTF-8, or half a surrogate pair
        {
            flaw = "It holds what is not Unicode.";
        }
        return flaw;
    }

    private string? Take(string name, JsonElement value)
    {
        if (!_seen.Add(name)) return "One of its fields is there twice.";
        switch (name)
        {
            case "to" when IsText(value):
                _to = value.GetString();
                return null;
            case "contactId" when IsText(value):
                _contactId = value.GetString();
                return null;
            case "to" or "contactId":
                return $"\"{name}\" has to be a text.";
            case "fields":
                return TakeFields(value);
            default:
                return "Only to, fields and contactId are known.";
        }
    }

    private static bool IsText(JsonElement value) => value.ValueKind is JsonValueKind.String or JsonValueKind.Null;

    private string? TakeFields(JsonElement fields)
    {
        if (fields.ValueKind is JsonValueKind.Null) return null;
        if (fields.ValueKind is not JsonValueKind.Object) return "\"fields\" has to be an object.";
        _fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in fields.EnumerateObject())
        {
            if (field.Name.Trim() is not { Length: > 0 } name) return "A field has no name.";
            if (TextOf(field.Value) is not { } text) return "A field's value is a list or an object.";
            if (!_fields.TryAdd(name, text)) return "A field is there twice; upper and lower case are not told apart.";
        }
        return null;
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => "",
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
