using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Contacts;

/// <summary>
/// A phone number of the United States or Canada that can be texted: its area code is in service, and it is neither a premium number
/// nor directory assistance. Equal numbers are equal however they were written. It prints masked, and JSON carries the bare number.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed record PhoneNumber
{
    private PhoneNumber(string value) => Value = value;

    /// <summary>The number in E.164: "+1" and ten digits. Personal data: for storage and the carrier, not for logs.</summary>
    public string Value { get; }

    /// <summary>The first three of the ten digits.</summary>
    public string AreaCode => Area.Code;

    /// <summary>The middle three of the ten digits, also called the central office code.</summary>
    public string Exchange => Value[5..8];

    /// <summary>The last four of the ten digits.</summary>
    public string Line => Value[8..];

    /// <summary>The number with all but its last two digits hidden, which is how it may be logged.</summary>
    public string Masked => $"+*********{Value.AsSpan(10)}";

    /// <summary>Where the number's area code is.</summary>
    public AreaCode Area => Contacts.AreaCode.Find(Value.AsSpan(2, 3))!;

    /// <summary>Whether it is a toll-free number. Such a number can send texts; that it takes them is rare.</summary>
    public bool IsTollFree => Area.IsTollFree;

    /// <summary>Reads a number in any of its usual spellings; see <see cref="TryParse(string?, out PhoneNumber?, out NumberProblem)"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PhoneNumber? number) => TryParse(text, out number, out _);

    /// <summary>
    /// Reads a number in any of its usual spellings: ten digits, or eleven with the leading 1, with or without "+" or "tel:", and with spaces,
    /// hyphens, dots, slashes and parentheses between them, also those that word processors and address books put there. Letters, extensions
    /// and all that can be read in two ways are refused.
    /// </summary>
    /// <param name="text">What was typed, pasted or received; it may be null or anything at all.</param>
    /// <param name="number">The number, or null.</param>
    /// <param name="problem">What is wrong; without meaning when there is a number.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PhoneNumber? number, out NumberProblem problem)
    {
        Span<char> value = stackalloc char[NumberReader.ValueLength];
        var found = NumberReader.Read(text, value);
        number = found is null ? new PhoneNumber(value.SequenceEqual(text) ? text! : new string(value)) : null;
        problem = found.GetValueOrDefault();
        return number is not null;
    }

    /// <summary>Whether the text is a number, as <see cref="TryParse(string?, out PhoneNumber?)"/> would say, without allocating.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) => NumberReader.Read(text, stackalloc char[NumberReader.ValueLength]) is null;

    /// <summary>Reads a number that was a number before, such as one from storage.</summary>
    /// <exception cref="FormatException">It is none. The message does not repeat the text.</exception>
    public static PhoneNumber Parse(string text) =>
        TryParse(text, out var number, out var problem) ? number : throw new FormatException($"Not a phone number of the United States or Canada: {problem}.");

    /// <summary>The same as <see cref="Masked"/>, so that a number that slips into a log or an exception stays private.</summary>
    public override string ToString() => Masked;

    private sealed class Converter : JsonConverter<PhoneNumber>
    {
        public override PhoneNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType is JsonTokenType.String ? Read(ref reader) : throw new JsonException("A phone number is a string.");

        public override void Write(Utf8JsonWriter writer, PhoneNumber value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

        public override PhoneNumber ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, PhoneNumber value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);

        private static PhoneNumber Read(ref Utf8JsonReader reader) =>
            TryParse(reader.GetString(), out var number, out var problem) ? number : throw new JsonException($"Not a phone number: {problem}.");
    }
}
