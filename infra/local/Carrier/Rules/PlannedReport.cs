namespace Serverless.Local.Carrier.Rules;

/// <summary>One delivery report that a text will get.</summary>
/// <param name="Code">2000 is delivered, all others failed.</param>
internal sealed record PlannedReport(int Code)
{
    public const int Delivered = 2000;

    public bool IsDelivered => Code == Delivered;

    /// <summary>Whether it is pushed; one that is not can still be asked for.</summary>
    public bool IsPushed { get; init; } = true;

    /// <summary>How often it is pushed.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Pushed, and answered, before the send call is.</summary>
    public bool OvertakesAnswer { get; init; }

    /// <summary>How long after the text was taken, or after the report before it; <see langword="null"/> is the usual delay.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>One segment arrived, one did not.</summary>
    public bool IsPartial { get; init; }
}
