namespace Serverless.Local.Carrier.Faults;

/// <summary>The faults in force, and the dice. Seeded, so that one caller's run can be repeated.</summary>
internal sealed class FaultInjector(int seed)
{
#pragma warning disable CA5394 // chance, not secrecy
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private volatile FaultSettings _settings = FaultSettings.None;

    public FaultSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    /// <summary>True for that share of the calls. A rate of 0 throws no dice.</summary>
    public bool Happens(double rate) => rate > 0 && Share() < rate;

    /// <summary>From 0 up to, not including, 1.</summary>
    public double Share()
    {
        lock (_lock) return _random.NextDouble();
    }

    public void Shuffle<T>(Span<T> values)
    {
        lock (_lock) _random.Shuffle(values);
    }
#pragma warning restore CA5394
}
