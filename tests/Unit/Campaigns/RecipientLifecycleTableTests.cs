using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Campaigns.Texts;

namespace Serverless.Tests.Unit.Campaigns;

/// <summary>Every phase against every kind of event and every outcome, as a plain table; and what is shown of each phase.</summary>
public sealed class RecipientLifecycleTableTests
{
    // A dot: an equal state. A question mark: with the lack of a confirmation stated. Events are about the newest attempt. "Again" is
    // Queued after a re-send by hand, "Held" is Bounced with no call taken. Each bounce and failure is for a reason that is no stronger
    // than the one that is known.
    private const string Table = """
                   Claimed Postponed Stopped Held TimedOut Requeued Accepted Unconfirmed SoftBounce Refused OptedOut Blocked HardBounce Partial Delivered
        Queued     Sending Scheduled Failed  .    .        .        .        .           .          .       .        .       .          .       Delivered
        Again      Sending Scheduled Failed  .    .        .        .        .           .          .       .        .       .          .       Delivered
        Scheduled  Sending Scheduled Failed  .    .        .        .        .           .          .       .        .       .          .       Delivered
        Sending    .       Sending   .       Held Sending? .        Sent     Sending?    Bounced    Failed  Failed   Failed  Failed     Failed  Delivered
        Sending?   .       .         .       .    .        Queued   Sent?    .           Bounced?   Failed  Failed   Failed  Failed     Failed  Delivered
        Sent       .       Sent      .       .    Sent?    .        .        Sent?       Bounced    Failed  Failed   Failed  Failed     Failed  Delivered
        Sent?      .       .         .       .    .        Queued   .        .           Bounced?   Failed  Failed   Failed  Failed     Failed  Delivered
        Bounced    Sending Bounced   Failed  .    .        .        .        Bounced?    .          Failed  Failed   Failed  Failed     Failed  Delivered
        Bounced?   .       .         .       .    .        Queued   .        .           .          Failed  Failed   Failed  Failed     Failed  Delivered
        Held       Sending Held      Failed  .    .        .        Sent     Sending?    Bounced    Failed  Failed   Failed  Failed     Failed  Delivered
        GaveUp     .       .         .       .    .        Queued   .        GaveUp?     .          Failed  Failed   Failed  Failed     Failed  Delivered
        GaveUp?    .       .         .       .    .        Queued   .        .           .          Failed  Failed   Failed  Failed     Failed  Delivered
        Failed     .       .         .       .    .        Queued   .        .           .          .       .        .       .          .       Delivered
        Delivered  .       .         .       .    .        .        .        .           .          .       .        .       .          .       .
        """;

    private static readonly Dictionary<(string Row, string Column), string> s_cells = Read(Table);

    public static TheoryData<string, string, string> Pairs
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var ((row, column), expected) in s_cells) data.Add(row, column, expected);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_phase_takes_each_event_as_the_table_says(string row, string column, string expected)
    {
        var state = Being(row);
        var after = state.After(5, About(column, column is "Claimed" ? state.Attempts + 1 : state.Attempts));
        if (expected is ".") Assert.Equal(state, after);
        else Assert.NotEqual(state, after);
        Assert.Equal(expected is "." ? NameOf(state) : expected, NameOf(after));
    }

    [Fact]
    public void The_table_leaves_no_phase_no_kind_and_no_outcome_out()
    {
        Assert.Equal(Enum.GetValues<RecipientPhase>(), s_cells.Keys.Select(key => Being(key.Row).Phase).Distinct().Order());
        Assert.Equal(Enum.GetValues<RecipientEventKind>(), s_cells.Keys.Select(key => About(key.Column, 1).Kind).Distinct().Order());
        Assert.Equal(Enum.GetValues<AttemptOutcome>(), s_cells.Keys.Select(key => About(key.Column, 1).Finding?.Outcome).OfType<AttemptOutcome>().Distinct().Order());
        Assert.All(s_cells.Keys, key => Assert.Equal(key.Row is "Again" ? "Queued" : key.Row, NameOf(Being(key.Row))));
    }

    [Theory]
    [InlineData("Queued", MessageStatus.Queued, null, true, false)]
    [InlineData("Again", MessageStatus.Queued, null, true, false)]
    [InlineData("Scheduled", MessageStatus.Scheduled, null, true, false)]
    [InlineData("Sending", MessageStatus.Sending, null, false, false)]
    [InlineData("Sending?", MessageStatus.PossiblyFailed, FailureReason.DeliveryUnconfirmed, false, true)]
    [InlineData("Sent", MessageStatus.Sent, null, false, false)]
    [InlineData("Sent?", MessageStatus.PossiblyFailed, FailureReason.DeliveryUnconfirmed, false, true)]
    [InlineData("Bounced", MessageStatus.Retrying, FailureReason.HandsetUnreachable, true, false)]
    [InlineData("Bounced?", MessageStatus.Failed, FailureReason.HandsetUnreachable, false, true)]
    [InlineData("Held", MessageStatus.Retrying, FailureReason.SenderMisconfigured, true, false)]
    [InlineData("GaveUp", MessageStatus.Failed, FailureReason.ProviderError, false, true)]
    [InlineData("GaveUp?", MessageStatus.Failed, FailureReason.ProviderError, false, true)]
    [InlineData("Failed", MessageStatus.Failed, FailureReason.InvalidNumber, false, true)]
    [InlineData("Delivered", MessageStatus.Delivered, null, false, false)]
    public void What_is_shown_and_what_can_be_done_follow_from_the_phase(string row, MessageStatus status, FailureReason? reason, bool canClaim, bool canRequeue)
    {
        var state = Being(row);
        Assert.Equal((status, reason), state.Shown());
        Assert.Equal((canClaim, canRequeue, status.IsSettled()), (state.CanClaim, state.CanRequeue, state.IsSettled));
    }

    private static RecipientState Being(string row) => row switch
    {
        "Queued" => Waiting,
        "Again" => Being("Failed").After(Requeued),
        "Scheduled" => Waiting.After(Postponed(10)),
        "Sending" => Waiting.After(Claimed(1)),
        "Sent" => Being("Sending").After(Taken(1)),
        "Bounced" => Bounced(FailureReason.HandsetUnreachable),
        "Held" => Being("Sending").After(Held(1)),
        "GaveUp" => Bounced(FailureReason.ProviderError, FailureReason.ProviderError),
        "Failed" => Being("Sent").After(Failed(1, FailureReason.InvalidNumber)),
        "Delivered" => Being("Sent").After(Arrived(1)),
        _ when row.EndsWith('?') && Being(row[..^1]) is var state => state.After(Failed(state.Attempts, FailureReason.DeliveryUnconfirmed)),
        _ => throw new ArgumentOutOfRangeException(nameof(row)),
    };

    private static string NameOf(RecipientState state) =>
        (state is { Phase: RecipientPhase.Bounced, Reason: FailureReason.SenderMisconfigured } ? "Held" : state.Phase.ToString()) + (state.Unconfirmed is null ? "" : "?");

    private static RecipientEvent About(string column, int attempt) => column switch
    {
        "Claimed" => Claimed(attempt),
        "Postponed" => Postponed(70),
        "Stopped" => Stopped(FailureReason.OptedOut),
        "Held" => Held(attempt),
        "TimedOut" => TimedOut(attempt),
        "Requeued" => Requeued,
        "Accepted" => Taken(attempt),
        "Unconfirmed" => Failed(attempt, FailureReason.DeliveryUnconfirmed),
        "SoftBounce" => Failed(attempt, FailureReason.RateLimited),
        "Refused" => Failed(attempt, FailureReason.SenderNotVerified),
        "OptedOut" => Failed(attempt, FailureReason.OptedOut),
        "Blocked" => Failed(attempt, FailureReason.ContentFiltered),
        "HardBounce" => Failed(attempt, FailureReason.NumberUnknown),
        "Partial" => Failed(attempt, FailureReason.PartialFailure),
        "Delivered" => Arrived(attempt),
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    private static Dictionary<(string, string), string> Read(string table)
    {
        var lines = table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        return lines.Skip(1).SelectMany(line => lines[0].Zip(line.Skip(1)).Select(cell => (Row: line[0], Column: cell.First, Cell: cell.Second)))
            .ToDictionary(cell => (cell.Row, cell.Column), cell => cell.Cell);
    }
}
