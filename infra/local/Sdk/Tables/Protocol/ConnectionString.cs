namespace Serverless.Local.Tables;

/// <summary>Where a connection string leads to, and with which key.</summary>
internal sealed record ConnectionString(Uri Endpoint, TableSharedKeyCredential Credential)
{
    // The account that every installation of the emulator has, with the key that its documentation publishes.
    private const string EmulatorAccount = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <exception cref="FormatException">The text is not a connection string, or one without an account and its key.</exception>
    public static ConnectionString Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var settings = Settings(text);
        if (string.Equals(settings.GetValueOrDefault("UseDevelopmentStorage"), "true", StringComparison.OrdinalIgnoreCase)) return Emulator(settings);
        if (!settings.TryGetValue("AccountName", out var account) || !settings.TryGetValue("AccountKey", out var key))
            throw new FormatException("The connection string names no AccountName and AccountKey, nor UseDevelopmentStorage=true.");
        return new(EndpointOf(settings, account), new TableSharedKeyCredential(account, key));
    }

    private static ConnectionString Emulator(Dictionary<string, string> settings)
    {
        var host = settings.GetValueOrDefault("DevelopmentStorageProxyUri", "http://127.0.0.1").TrimEnd('/');
        return new(new Uri($"{host}:10002/{EmulatorAccount}"), new TableSharedKeyCredential(EmulatorAccount, EmulatorKey));
    }

    private static Uri EndpointOf(Dictionary<string, string> settings, string account)
    {
        var endpoint = settings.GetValueOrDefault("TableEndpoint") ?? string.Concat(
            settings.GetValueOrDefault("DefaultEndpointsProtocol", "https"),
            "://",
            account,
            ".table.",
            settings.GetValueOrDefault("EndpointSuffix", "core.windows.net"));
        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) ? uri : throw new FormatException("The connection string's table endpoint is not a URI.");
    }

    private static Dictionary<string, string> Settings(string text)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var segment in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = segment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new FormatException("A part of the connection string is not of the form name=value.");
            settings[segment[..equals].Trim()] = segment[(equals + 1)..].Trim();
        }
        return settings;
    }
}
