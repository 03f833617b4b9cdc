using System.Security.Cryptography;
using System.Text;

namespace Serverless.Local.Sms;

/// <summary>The arithmetic of access key authentication.</summary>
internal static class RequestSignature
{
    /// <summary>The value of the Authorization header of a request with these parts.</summary>
    /// <param name="accessKey">In base64, as the portal shows it.</param>
    /// <param name="method">In capitals.</param>
    /// <param name="uri">Its path and query are signed exactly as they are sent.</param>
    /// <param name="date">RFC 1123.</param>
    /// <param name="contentHash">SHA-256 of the body, in base64.</param>
    public static string Authorization(string accessKey, string method, Uri uri, string date, string contentHash) =>
        $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={Sign(accessKey, method, uri, date, contentHash)}";

    public static string Sign(string accessKey, string method, Uri uri, string date, string contentHash)
    {
        var signed = $"{method}\n{uri.PathAndQuery}\n{date};{uri.Authority};{contentHash}";
        return Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(accessKey), Encoding.ASCII.GetBytes(signed)));
    }
}
