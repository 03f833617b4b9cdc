using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Serverless.Storage;

/// <summary>
/// Keeps what people write and send to each other unreadable in storage, where <see cref="StorageOptions.TextKey"/> is set: AES-256 in Galois/Counter
/// Mode (NIST SP 800-38D), so that a changed column is noticed too. Rows from before the key was set stay readable.
/// </summary>
public sealed class TextCipher(IOptions<StorageOptions> options)
{
    // A plain text that happens to begin like either is marked as plain.
    private const string EncryptedMark = "enc:";
    private const string PlainMark = "txt:";
    private const int NameLength = 8;
    private const int HeaderLength = 4 + NameLength + 1; // the mark, the key's name, a colon

    private static readonly int s_nonceLength = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int s_tagLength = AesGcm.TagByteSizes.MaxSize;

    private readonly IReadOnlyList<(string Name, byte[] Key)> _keys = [.. options.Value.TextKeys().Select(key => (NameOf(key), key))];

    /// <summary>The text as it is stored. Each call gives another result where there is a key.</summary>
    public string Protect(string text)
    {
        if (_keys is [var (name, key), ..]) return $"{EncryptedMark}{name}:{Convert.ToBase64String(Encrypt(key, Encoding.UTF8.GetBytes(text)))}";
        return text.StartsWith(EncryptedMark, StringComparison.Ordinal) || text.StartsWith(PlainMark, StringComparison.Ordinal) ? PlainMark + text : text;
    }

    /// <summary>The text of what <see cref="Protect(string)"/> gave, now or before the key was set or changed.</summary>
    /// <exception cref="InvalidOperationException">It was protected with a key that is not among those that are set.</exception>
    /// <exception cref="CryptographicException">It was changed since.</exception>
    public string Reveal(string stored)
    {
        if (stored.StartsWith(PlainMark, StringComparison.Ordinal)) return stored[PlainMark.Length..];
        if (!stored.StartsWith(EncryptedMark, StringComparison.Ordinal)) return stored;
        return Encoding.UTF8.GetString(Decrypt(KeyOf(stored.Substring(EncryptedMark.Length, NameLength)), Convert.FromBase64String(stored[HeaderLength..])));
    }

    /// <summary>A file as it is stored. Each call gives another result where there is a key.</summary>
    public byte[] Protect(ReadOnlySpan<byte> content)
    {
        if (_keys is [var (name, key), ..]) return [.. Encoding.ASCII.GetBytes($"{EncryptedMark}{name}:"), .. Encrypt(key, content)];
        return StartsWith(content, EncryptedMark) || StartsWith(content, PlainMark) ? [.. Encoding.ASCII.GetBytes(PlainMark), .. content] : content.ToArray();
    }

    /// <summary>The file of what <see cref="Protect(ReadOnlySpan{byte})"/> gave, now or before the key was set or changed.</summary>
    /// <exception cref="InvalidOperationException">It was protected with a key that is not among those that are set.</exception>
    /// <exception cref="CryptographicException">It was changed since.</exception>
    public byte[] Reveal(ReadOnlySpan<byte> stored)
    {
        if (StartsWith(stored, PlainMark)) return stored[PlainMark.Length..].ToArray();
        if (!StartsWith(stored, EncryptedMark)) return stored.ToArray();
        return Decrypt(KeyOf(Encoding.ASCII.GetString(stored.Slice(EncryptedMark.Length, NameLength))), stored[HeaderLength..]);
    }

    private static bool StartsWith(ReadOnlySpan<byte> content, string mark) => content.StartsWith(Encoding.ASCII.GetBytes(mark));

    private static byte[] Encrypt(byte[] key, ReadOnlySpan<byte> plain)
    {
        var sealedText = new byte[s_nonceLength + s_tagLength + plain.Length];
        var nonce = sealedText.AsSpan(0, s_nonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, s_tagLength);
        aes.Encrypt(nonce, plain, sealedText.AsSpan(s_nonceLength + s_tagLength), sealedText.AsSpan(s_nonceLength, s_tagLength));
        return sealedText;
    }

    private static byte[] Decrypt(byte[] key, ReadOnlySpan<byte> sealedText)
    {
        var plain = new byte[sealedText.Length - s_nonceLength - s_tagLength];
        using var aes = new AesGcm(key, s_tagLength);
        aes.Decrypt(sealedText[..s_nonceLength], sealedText[(s_nonceLength + s_tagLength)..], sealedText.Slice(s_nonceLength, s_tagLength), plain);
        return plain;
    }

    private byte[] KeyOf(string name) => _keys.FirstOrDefault(known => known.Name == name).Key
        ?? throw new InvalidOperationException($"A text was stored under the key {name}, which Storage__TextKey does not hold any more.");

    /// <summary>Tells a key from others without telling anything of it.</summary>
    private static string NameOf(byte[] key) => Convert.ToHexStringLower(SHA256.HashData(key))[..NameLength];
}
