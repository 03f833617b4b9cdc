using Azure.Core;

namespace Serverless.Local.Sms;

/// <summary>Retries, transport, diagnostics and extra policies of an <see cref="SmsClient"/>.</summary>
public class SmsClientOptions : ClientOptions
{
    /// <param name="version">The version of the service to speak to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The version is not a known one.</exception>
    public SmsClientOptions(ServiceVersion version = ServiceVersion.V2021_03_07) => ApiVersion = version switch
    {
        ServiceVersion.V2021_03_07 => "2021-03-07",
        _ => throw new ArgumentOutOfRangeException(nameof(version)),
    };

    internal string ApiVersion { get; }

    /// <summary>Versions of the service that the client speaks.</summary>
#pragma warning disable CA1008, CA1707 // named and numbered as in the real package
    public enum ServiceVersion
    {
        /// <summary>2021-03-07.</summary>
        V2021_03_07 = 1,
    }
#pragma warning restore CA1008, CA1707
}
