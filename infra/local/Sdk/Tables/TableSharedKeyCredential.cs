using System.Security.Cryptography;
using System.Text;

namespace Serverless.Local.Tables;

/// <summary>An account's name and one of its keys. Thread-safe.</summary>
public class TableSharedKeyCredential
{
    private byte[] _key;

    /// <summary>A credential of an account.</summary>
    /// <param name="accountName">The storage account.</param>
    /// <param name="accountKey">One of its keys, in base64.</param>
    /// <exception cref="FormatException">The key is not base64.</exception>
    public TableSharedKeyCredential(string accountName, string accountKey)
    {
        ArgumentNullException.ThrowIfNull(accountName);
        ArgumentNullException.ThrowIfNull(accountKey);
        AccountName = accountName;
        _key = Convert.FromBase64String(accountKey);
    }

    /// <summary>The storage account.</summary>
    public string AccountName { get; }

    /// <summary>Changes the key for all clients of this credential, from their next request or retry on.</summary>
    /// <param name="accountKey">The new key, in base64.</param>
    /// <exception cref="FormatException">The key is not base64.</exception>
    public void SetAccountKey(string accountKey)
    {
        ArgumentNullException.ThrowIfNull(accountKey);
        Volatile.Write(ref _key, Convert.FromBase64String(accountKey));
    }

    /// <summary>The base64 of the text's HMAC-SHA256 under the key.</summary>
    internal string Sign(string text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Volatile.Read(ref _key), Encoding.UTF8.GetBytes(text), hash);
        return Convert.ToBase64String(hash);
    }
}
