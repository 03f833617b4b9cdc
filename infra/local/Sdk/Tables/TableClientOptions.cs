using Azure.Core;

namespace Serverless.Local.Tables;

/// <summary>How a client speaks to the service: its retries, its transport, its policies, its protocol version.</summary>
public class TableClientOptions : ClientOptions
{
    /// <summary>Options for a version of the service's protocol.</summary>
    /// <param name="serviceVersion">The version. The default is the newest, and the first one that takes tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    public TableClientOptions(ServiceVersion serviceVersion = ServiceVersion.V2020_12_06)
    {
        VersionText = serviceVersion switch
        {
            ServiceVersion.V2019_02_02 => "2019-02-02",
            ServiceVersion.V2020_12_06 => "2020-12-06",
            _ => throw new ArgumentOutOfRangeException(nameof(serviceVersion), serviceVersion, null),
        };
        Diagnostics.LoggedHeaderNames.Add("x-ms-request-id");
        Diagnostics.LoggedHeaderNames.Add("x-ms-version");
        Diagnostics.LoggedHeaderNames.Add("x-ms-error-code");
    }

    internal string VersionText { get; }

    /// <summary>A version of the service's protocol.</summary>
    public enum ServiceVersion
    {
        /// <summary>2019-02-02.</summary>
        V2019_02_02 = 1,

        /// <summary>2020-12-06.</summary>
        V2020_12_06 = 2,
    }
}
