namespace Serverless.Tests.EndToEnd.Faults;

/// <summary>Kills the Function App again and again, each time at a random instant after it came up.</summary>
internal sealed class AppKiller(LocalSystem system, int seed)
{
    private const int KillsUntilTheLauncherPauses = 3;
    private static readonly TimeSpan s_longestLife = TimeSpan.FromMilliseconds(1500);

    private readonly Random _random = new(seed);

    public int Kills { get; private set; }

    public async Task KillAsync()
    {
#pragma warning disable CA5394 // chance, not secrecy
        await Task.Delay(_random.NextDouble() * s_longestLife);
#pragma warning restore CA5394
        await system.KillAppAsync();
        if (++Kills % KillsUntilTheLauncherPauses != 0) return;
        // The launcher waits longer and longer before it starts an app again that dies young; a stop makes it forget.
        await system.StopAppAsync();
        await system.StartAppAsync();
    }
}
