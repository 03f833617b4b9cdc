using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Serverless.Local.Carrier.Http;

/// <summary>Access key authentication. Which headers are signed is read from the request, since clients differ in it.</summary>
internal sealed class SignatureCheck(IReadOnlyList<string> accessKeys)
{
    private const string Scheme = "HMAC-SHA256 SignedHeaders=";
    private const string SignaturePart = "&Signature=";
    private const string ContentHash = "x-ms-content-sha256";

    private readonly byte[][] _keys = [.. accessKeys.Select(Convert.FromBase64String)];

    /// <param name="request">Its headers count.</param>
    /// <param name="target">Path and query, exactly as they were sent.</param>
    /// <param name="body">Exactly as it was sent.</param>
    /// <returns>What is wrong, or nothing.</returns>
    public string? FindFault(HttpRequest request, string target, ReadOnlySpan<byte> body)
    {
        var authorization = request.Headers.Authorization.ToString();
        var end = authorization.IndexOf(SignaturePart, StringComparison.Ordinal);
        if (!authorization.StartsWith(Scheme, StringComparison.Ordinal) || end < 0) return "Given value does not match HMAC header structure";
        var names = authorization[Scheme.Length..end].Split(';');
        if (!IsComplete(names)) return "The date, the host and the content hash must be signed";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        if (!Matches(hash, request.Headers[ContentHash].ToString())) return "Content hash does not match the body";
        var signed = $"{request.Method}\n{target}\n{string.Join(';', names.Select(name => ValueOf(request, name)))}";
        return IsSigned(signed, authorization[(end + SignaturePart.Length)..]) ? null : "The signature does not match";
    }

    private static bool IsComplete(string[] names) =>
        names.Contains("host", StringComparer.OrdinalIgnoreCase)
        && names.Contains(ContentHash, StringComparer.OrdinalIgnoreCase)
        && (names.Contains("x-ms-date", StringComparer.OrdinalIgnoreCase) || names.Contains("date", StringComparer.OrdinalIgnoreCase));

    private static string ValueOf(HttpRequest request, string name) =>
        name.Equals("host", StringComparison.OrdinalIgnoreCase) ? request.Host.Value ?? "" : request.Headers[name].ToString();

    private bool IsSigned(string signed, string signature)
    {
        var bytes = Encoding.UTF8.GetBytes(signed);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isSigned = false;
        foreach (var key in _keys)
        {
            HMACSHA256.HashData(key, bytes, expected);
            isSigned |= Matches(expected, signature);
        }
        return isSigned;
    }

    private static bool Matches(ReadOnlySpan<byte> expected, string base64)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(base64, given, out var length)
            && CryptographicOperations.FixedTimeEquals(expected, given[..length]);
    }
}
