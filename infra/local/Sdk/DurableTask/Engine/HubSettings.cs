using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Serverless.Local.DurableTask;

/// <summary>What host.json says under <c>extensions.durableTask</c>.</summary>
internal sealed record HubSettings
{
    /// <summary>The beginning of the hub's table names: a letter, then letters and digits, at most 45.</summary>
    public string HubName { get; init; } = "TestHubName";

    /// <summary>How many activities run at the same time in this process.</summary>
    public int MaxConcurrentActivities { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary>How long an owner that gives no sign of life keeps the hub.</summary>
    public TimeSpan LeaseInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How rarely an idle hub looks for requests of other processes.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether an event to an instance that is unknown or has ended is refused; if not, it is dropped.</summary>
    public bool RefusesLostEvents { get; init; } = true;

    /// <exception cref="InvalidOperationException">A value makes no sense.</exception>
    public static HubSettings From(IConfigurationSection section)
    {
        var settings = new HubSettings();
        if (section["hubName"] is { Length: > 0 } name) settings = settings with { HubName = name };
        if (section["maxConcurrentActivityFunctions"] is { } activities) settings = settings with { MaxConcurrentActivities = Number(activities) };
        if (section["storageProvider:leaseInterval"] is { } lease) settings = settings with { LeaseInterval = Time(lease) };
        if (section["storageProvider:maxQueuePollingInterval"] is { } polling) settings = settings with { MaxPollingInterval = Time(polling) };
        if (section["throwStatusExceptionsOnRaiseEvent"] is { } refuses) settings = settings with { RefusesLostEvents = Flag(refuses) };
        if (settings.HubName.Length > 45 || !char.IsAsciiLetter(settings.HubName[0]) || !settings.HubName.All(char.IsAsciiLetterOrDigit))
        {
            throw new InvalidOperationException($"host.json: durableTask.hubName '{settings.HubName}' is not a letter, then letters and digits, at most 45.");
        }

        return settings;
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new InvalidOperationException($"host.json: durableTask.maxConcurrentActivityFunctions '{text}' is not a number above zero.");

    private static bool Flag(string text) => bool.TryParse(text, out var flag)
        ? flag
        : throw new InvalidOperationException($"host.json: durableTask.throwStatusExceptionsOnRaiseEvent '{text}' is neither true nor false.");

    private static TimeSpan Time(string text) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero
        ? time
        : throw new InvalidOperationException($"host.json: durableTask.storageProvider: '{text}' is not a time span above zero.");
}
