using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Serverless.Contacts;

namespace Serverless.Messages;

/// <summary>
/// A text's id: opaque to callers, safe in a URL, and the two keys of its row, so that finding a text is a point read. Sorts
/// newest first within a conversation. Holds no number: the conversation is named by a hash.
/// </summary>
public sealed record MessageId
{
    private const int ConversationLength = 16;
    private const int TimeLength = 10;
    private const int RandomLength = 16;

    /// <summary>The length of <see cref="Entry"/>.</summary>
    public const int EntryLength = TimeLength + RandomLength;

    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";
    private static readonly SearchValues<char> s_alphabet = SearchValues.Create(Alphabet);
    private static readonly long s_firstMillisecond = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long s_lastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private MessageId(string value) => Value = value;

    /// <summary>The id as callers see it.</summary>
    public string Value { get; }

    /// <summary>The part that all texts with one person share.</summary>
    public string Conversation => Value[..ConversationLength];

    /// <summary>The part that is the text's own: its time, newest first, and 80 random bits.</summary>
    public string Entry => Value[ConversationLength..];

    /// <summary>When the text was accepted, to the millisecond.</summary>
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeMilliseconds(CreatedAtMillisecond(Value));

    /// <summary>A new id in the conversation with a number.</summary>
    public static MessageId New(PhoneNumber person, DateTimeOffset now) =>
        new(ConversationWith(person) + EntryPrefix(now) + Encode(RandomNumberGenerator.GetBytes(10)));

    /// <summary>An id in the conversation with a number that is the same for the same arguments: what is made under it is made once, however often that is tried.</summary>
    public static MessageId Of(PhoneNumber person, DateTimeOffset at, string seed) =>
        new(ConversationWith(person) + EntryPrefix(at) + Encode(SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 10)));

    /// <summary>The name of the conversation with a number: 80 bits of its hash.</summary>
    public static string ConversationWith(PhoneNumber person) =>
        Encode(SHA256.HashData(Encoding.ASCII.GetBytes(person.Value)).AsSpan(0, 10));

    /// <summary>What the entries of a millisecond begin with; entries of later ones sort before it, of earlier ones behind.</summary>
    public static string EntryPrefix(DateTimeOffset time)
    {
        var inverted = s_lastMillisecond - time.ToUnixTimeMilliseconds();
        return string.Create(TimeLength, inverted, static (digits, value) =>
        {
            for (var i = digits.Length - 1; i >= 0; i--, value >>= 5) digits[i] = Alphabet[(int)(value & 31)];
        });
    }

    /// <summary>Reads an id; false for anything that was never one.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MessageId? id)
    {
        id = text is { Length: ConversationLength + EntryLength } && !text.AsSpan().ContainsAnyExcept(s_alphabet)
            && CreatedAtMillisecond(text) >= s_firstMillisecond ? new MessageId(text) : null;
        return id is not null;
    }

    /// <summary>Reads an id that is one of ours.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static MessageId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException("Not the id of a message.");

    /// <summary>The id of the row with these keys.</summary>
    public static MessageId Of(string conversation, string entry) => Parse(conversation + entry);

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static long CreatedAtMillisecond(string id)
    {
        var inverted = 0L;
        foreach (var digit in id.AsSpan(ConversationLength, TimeLength)) inverted = (inverted << 5) | (long)Alphabet.IndexOf(digit, StringComparison.Ordinal);
        return s_lastMillisecond - inverted;
    }

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 8 / 5);
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            buffer = ((buffer << 8) | b) & 0xFFFF;
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
        }
        return text.ToString();
    }
}
