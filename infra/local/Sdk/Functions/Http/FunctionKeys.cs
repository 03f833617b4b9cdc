using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Serverless.Local.Functions;

/// <summary>
/// Checks keys against the settings FUNCTIONS_KEY and ADMIN_KEY. With neither set everything is open; with one of them set, what only the
/// other would open is closed. The admin key opens everything.
/// </summary>
internal sealed class FunctionKeys(IConfiguration configuration)
{
    private readonly byte[]? _function = Hash(configuration["FUNCTIONS_KEY"]);
    private readonly byte[]? _admin = Hash(configuration["ADMIN_KEY"]);

    public bool Opens(AuthorizationLevel level, HttpRequest request)
    {
        if (level is AuthorizationLevel.Anonymous or AuthorizationLevel.User || (_function is null && _admin is null)) return true;
        var key = Hash(KeyOf(request));
        return Matches(key, _admin) || (level == AuthorizationLevel.Function && Matches(key, _function));
    }

    /// <summary>Whether <c>?code=</c> or the header holds the key; true when there is none to hold.</summary>
    public static bool Holds(HttpRequest request, string? key) => string.IsNullOrEmpty(key) || Matches(Hash(KeyOf(request)), Hash(key));

    private static string? KeyOf(HttpRequest request) =>
        request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : request.Query["code"].ToString();

    // Hashes are of one length, so that the comparison takes the same time whatever was sent.
    private static byte[]? Hash(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static bool Matches(byte[]? key, byte[]? expected) =>
        key is not null && expected is not null && CryptographicOperations.FixedTimeEquals(key, expected);
}
