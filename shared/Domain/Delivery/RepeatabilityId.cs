using System.Security.Cryptography;
using System.Text;

namespace Serverless.Delivery;

/// <summary>The id under which a carrier sends a text once. Follows from what is sent, so it is the same after any crash.</summary>
public static class RepeatabilityId
{
    private static readonly Guid s_namespace = new("6f2a3a0e-6a0b-4c57-8f43-3f1c2a54c0de");

    /// <summary>The id of an attempt: a name-based UUID, version 5 of RFC 9562.</summary>
    /// <param name="text">What tells the text from all others.</param>
    /// <param name="attempt">The attempt's number.</param>
    public static Guid Of(string text, int attempt)
    {
        var name = Encoding.UTF8.GetBytes(FormattableString.Invariant($"{text}/{attempt}"));
        Span<byte> input = stackalloc byte[16 + name.Length];
        s_namespace.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input[16..]);
#pragma warning disable CA5350 // the standard asks for SHA-1; nothing here is a secret
        var hash = SHA1.HashData(input).AsSpan(0, 16);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
