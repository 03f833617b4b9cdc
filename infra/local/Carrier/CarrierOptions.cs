using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Serverless.Local.Carrier;

/// <summary>How a <see cref="CarrierServer"/> is set up. The defaults do for tests: a free port, nothing on disk, no webhook.</summary>
public sealed record CarrierOptions
{
    /// <summary>The number that the carrier owns by default.</summary>
    public const string DefaultNumber = "+18335550100";

    /// <summary>The access key by default, in base64. It opens nothing but a simulated carrier.</summary>
    public const string DefaultAccessKey = "c2ltdWxhdGVkLWNhcnJpZXItYWNjZXNzLWtleS0wMDE=";

    /// <value>Default 0, which is any free port.</value>
    public int Port { get; init; }

    /// <summary>The base address of the Functions host that gets the events, such as <c>http://localhost:7071</c>.</summary>
    /// <value>Default <see langword="null"/>: nothing is pushed, and no event is kept for later.</value>
    public Uri? EventGridEndpoint { get; init; }

    /// <summary>The host's Event Grid system key, sent as <c>code</c>.</summary>
    /// <value>Default <see langword="null"/>: none is sent.</value>
    public string? EventGridKey { get; init; }

    /// <summary>Keys in base64, each of which may sign. The first one is in the connection string.</summary>
    public IReadOnlyList<string> AccessKeys { get; init; } = [DefaultAccessKey];

    /// <summary>The numbers that may be sent from; others are answered 401.</summary>
    /// <value>Default <see cref="DefaultNumber"/>; <see langword="null"/> allows any.</value>
    public IReadOnlyList<string>? Numbers { get; init; } = [DefaultNumber];

    /// <summary>Where texts and the reports still owed are kept, so that a restart forgets neither. Made when it is missing.</summary>
    /// <value>Default <see langword="null"/>: in memory only.</value>
    public string? DataFolder { get; init; }

    /// <summary>Of the dice for faults: the same calls in the same order meet the same faults.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>When texts are taken, reports fall due and a minute of the rate limit is over.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets events that are given up, and little else; never a number or a text.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
