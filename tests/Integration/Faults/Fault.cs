namespace Serverless.Tests.Integration.Faults;

/// <summary>How a call goes wrong.</summary>
internal enum FaultKind
{
    Refused,
    ServerError,
    Unavailable,
    Throttled,

    /// <summary>One of the above, another for each place.</summary>
    BeforeEffect,
    AnswerLost,
    AnswerCut,
    AnswerGarbled,
}

internal enum FaultSpan
{
    /// <summary>One try: what the client repeats succeeds.</summary>
    OneTry,

    /// <summary>All tries of one call.</summary>
    WholeCall,

    /// <summary>Everything from then on: the process is dead.</summary>
    Crash,
}

internal enum FaultTarget
{
    Storage,
    Carrier,

    /// <summary>Whichever of the two is called.</summary>
    Either,
}

internal sealed record Fault(FaultTarget Target, FaultKind Kind, FaultSpan Span)
{
    /// <summary>
    /// Those that differ for the app: one try that fails before its effect is repeated by the client and never seen, and a crash
    /// right before a call is a crash right after the call before. An answer without a body cannot be cut, so it is lost.
    /// </summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new(FaultTarget.Storage, FaultKind.AnswerCut, FaultSpan.OneTry),
        new(FaultTarget.Storage, FaultKind.BeforeEffect, FaultSpan.WholeCall),
        new(FaultTarget.Storage, FaultKind.AnswerLost, FaultSpan.WholeCall),
        new(FaultTarget.Carrier, FaultKind.ServerError, FaultSpan.OneTry),
        new(FaultTarget.Carrier, FaultKind.AnswerCut, FaultSpan.OneTry),
        new(FaultTarget.Carrier, FaultKind.AnswerGarbled, FaultSpan.OneTry),
        new(FaultTarget.Carrier, FaultKind.Throttled, FaultSpan.OneTry),
        new(FaultTarget.Carrier, FaultKind.Refused, FaultSpan.WholeCall),
        new(FaultTarget.Carrier, FaultKind.Unavailable, FaultSpan.WholeCall),
        new(FaultTarget.Carrier, FaultKind.AnswerLost, FaultSpan.WholeCall),
        new(FaultTarget.Either, FaultKind.AnswerLost, FaultSpan.Crash),
    ];

    public bool HasEffect => Kind is FaultKind.AnswerLost or FaultKind.AnswerCut or FaultKind.AnswerGarbled;

    /// <summary>The fault at the k-th call.</summary>
    public Fault At(int k) => Kind is FaultKind.BeforeEffect ? this with { Kind = (FaultKind)(k % (int)FaultKind.BeforeEffect) } : this;

    public override string ToString() => $"{Target} {Kind} {Span}";
}

/// <summary>The process has died: nothing that it calls is reached any more. No client repeats a call for it.</summary>
internal sealed class ProcessDiedException() : Exception("The process is dead.");
