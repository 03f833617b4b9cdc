using Serverless.Delivery;

namespace Serverless.Messages;

/// <summary>What is to be done about a text now.</summary>
public abstract record NextStep
{
    private NextStep()
    {
    }

    /// <summary>Nothing, ever, unless something happens to it.</summary>
    public sealed record Rest : NextStep;

    /// <summary>Nothing before that time.</summary>
    public sealed record Wait(DateTimeOffset Until) : NextStep;

    /// <summary>Begin the next attempt.</summary>
    public sealed record Send(int Attempt) : NextStep;

    /// <summary>Make the call of the attempt under way again, under the same repeatability id: its answer was lost, or it never went out.</summary>
    public sealed record Repeat(MessageAttempt Attempt) : NextStep;

    /// <summary>Ask the carrier what became of an attempt.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="GiveUpAt">From then on an unknown outcome is settled as such.</param>
    public sealed record AskCarrier(MessageAttempt Attempt, DateTimeOffset GiveUpAt) : NextStep;

    /// <summary>State that nothing was heard of an attempt for too long.</summary>
    public sealed record TimeOut(MessageAttempt Attempt) : NextStep;

    /// <summary>Its time is over before it could be sent.</summary>
    public sealed record Expire : NextStep;
}

/// <summary>The times that decide when a text needs attention.</summary>
/// <param name="SafetyNet">How long a claimed attempt may go without an answer before its call is made again.</param>
/// <param name="RepeatWithin">How long after its claim an attempt's call may be made again; then its outcome is unknown.</param>
/// <param name="ReportTimeout">How long after its claim an attempt's report is waited for.</param>
/// <param name="ReportGrace">How much longer, before the outcome is settled as unknown.</param>
/// <param name="FetchReports">Whether the carrier is asked when no report came in time.</param>
public sealed record AgendaTimes(TimeSpan SafetyNet, TimeSpan RepeatWithin, TimeSpan ReportTimeout, TimeSpan ReportGrace, bool FetchReports);

/// <summary>Reads from a text's state alone what is to be done about it: whoever finds it, after whatever crash, does the same.</summary>
public static class MessageAgenda
{
    /// <summary>The step due at <paramref name="now"/>.</summary>
    public static NextStep At(MessageState state, DateTimeOffset now, AgendaTimes times)
    {
        if (state.IsSettled || state.Archived) return new NextStep.Rest();
        return state.CurrentAttempt switch
        {
            { Finding: null } attempt => UnderWay(state, attempt, now, times),
            { Finding.Outcome: AttemptOutcome.Accepted } attempt => AwaitingReport(attempt, now, times),
            _ => AwaitingAttempt(state, now),
        };
    }

    private static NextStep AwaitingAttempt(MessageState state, DateTimeOffset now)
    {
        if (state.ValidUntil <= now) return new NextStep.Expire();
        if (state.NextAttemptAt > now) return new NextStep.Wait(Earlier(state.NextAttemptAt.Value, state.ValidUntil));
        return new NextStep.Send(state.Attempts.Length + 1);
    }

    private static NextStep UnderWay(MessageState state, MessageAttempt attempt, DateTimeOffset now, AgendaTimes times)
    {
        // A text whose time is over is not handed over any more; the call that may be under way is given its time.
        var safe = attempt.At + times.SafetyNet;
        var end = Earlier(attempt.At + times.RepeatWithin, state.ValidUntil is { } over ? Later(over, safe) : null);
        if (end <= now) return new NextStep.TimeOut(attempt);
        var repeatAt = state.NextAttemptAt ?? safe;
        if (repeatAt > now) return new NextStep.Wait(Earlier(repeatAt, end));
        return state.ValidUntil <= now ? new NextStep.Wait(end) : new NextStep.Repeat(attempt);
    }

    private static NextStep AwaitingReport(MessageAttempt attempt, DateTimeOffset now, AgendaTimes times)
    {
        var askAt = attempt.At + times.ReportTimeout;
        var giveUpAt = askAt + times.ReportGrace;
        if (times.FetchReports && askAt <= now) return new NextStep.AskCarrier(attempt, giveUpAt);
        if (giveUpAt <= now) return new NextStep.TimeOut(attempt);
        return new NextStep.Wait(times.FetchReports ? askAt : giveUpAt);
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    private static DateTimeOffset Earlier(DateTimeOffset time, DateTimeOffset? limit) => limit < time ? limit.Value : time;
}
