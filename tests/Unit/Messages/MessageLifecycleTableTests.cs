using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Messages.Lives;

namespace Serverless.Tests.Unit.Messages;

/// <summary>Every status against every event, as a plain table; and the table against the code, over all short lives.</summary>
public sealed class MessageLifecycleTableTests
{
    // A dot: stays. An exclamation mark: refused, since there is no attempt that it could be about. Findings are about the newest
    // attempt. "Again" is Queued after a re-send by hand; there, and for Cancelled, the newest attempt is of the time before.
    private const string Table = """
                       Claimed  Accepted  Soft      Blocked  Unconfirmed     Delivered  TimedOut        Postponed  Withdrawn  Stopped  Requeued  Archived
        Scheduled      Sending  !         !         !        !               !          !               Queued     Cancelled  Failed   .         .
        Queued         Sending  !         !         !        !               !          !               .          Cancelled  Failed   .         .
        Again          Sending  .         .         .        .               Delivered  .               .          Cancelled  Failed   .         .
        Sending        .        Sent      Retrying  Failed   PossiblyFailed  Delivered  PossiblyFailed  .          .          .        .         .
        Sent           .        .         Retrying  Failed   PossiblyFailed  Delivered  PossiblyFailed  .          .          .        .         .
        Retrying       Sending  .         .         Failed   Failed          Delivered  .               .          .          Failed   .         .
        PossiblyFailed .        .         Failed    Failed   .               Delivered  .               .          .          .        Queued    .
        Failed         .        .         .         .        .               Delivered  .               .          .          .        Queued    .
        Cancelled      .        .         .         .        .               Delivered  .               .          .          .        Queued    .
        Delivered      .        .         .         .        .               .          .               .          .          .        .         .
        """;

    private const string Again = "Again";

    private static readonly Dictionary<(string Row, string Column), string> s_cells = Read(Table);

    public static TheoryData<string, string, string> Pairs
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var ((status, happened), expected) in s_cells) data.Add(status, happened, expected);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_status_takes_each_event_as_the_table_says(string status, string happened, string expected)
    {
        var state = status is Again ? Being(MessageStatus.Failed).After(Requeued()) : Being(Enum.Parse<MessageStatus>(status));
        if (expected is "!") Assert.Throws<ArgumentException>(() => state.After(About(happened, 1, state)));
        else Assert.Equal(expected is "." ? state.Status.ToString() : expected, state.After(About(happened, Math.Max(1, state.Attempts.Length), state)).Status.ToString());
    }

    [Fact]
    public void The_table_leaves_no_status_and_no_event_out()
    {
        Assert.Equal([.. Enum.GetNames<MessageStatus>(), Again], s_cells.Keys.Select(key => key.Row).Distinct().OrderBy(row => row is Again ? 100 : (int)Enum.Parse<MessageStatus>(row)));
        var events = typeof(MessageEvent).GetNestedTypes().Select(type => type.Name).ToHashSet();
        Assert.Equal(events, s_cells.Keys.Select(key => About(key.Column, 1, Accepted()).GetType().Name).ToHashSet());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10.0)]
    public void The_code_agrees_with_the_table_over_all_lives_of_up_to_seven_events(double? sendAt)
    {
        var state = Accepted(sendAt);
        HashSet<MessageStatus> seen = [];
        Explore(state, new Model(state.Status, 0, 0, false), [], 7, seen);
        Assert.Equal(sendAt is null ? 8 : 9, seen.Count); // nothing becomes Scheduled
    }

    /// <summary>An event that leaves the very same object leads nowhere that a shorter life does not.</summary>
    private static void Explore(MessageState state, Model model, Stack<string> path, int left, HashSet<MessageStatus> seen)
    {
        seen.Add(state.Status);
        if (left == 0) return;
        foreach (var (column, first) in Moves(state))
        {
            path.Push(first ? $"{column} of attempt 1" : column);
            var attempt = first ? 1 : state.Attempts.Length;
            var next = state.After(About(column, attempt, state));
            var expected = model.After(column, attempt);
            if (next.Status != expected.Status) Assert.Fail($"{string.Join(", ", path.Reverse())}: {next.Status}, but the table says {expected.Status}.");
            if (!ReferenceEquals(next, state)) Explore(next, expected, path, left - 1, seen);
            path.Pop();
        }
    }

    private static IEnumerable<(string Column, bool First)> Moves(MessageState state)
    {
        foreach (var column in s_cells.Keys.Select(key => key.Column).Distinct())
        {
            var isAboutAttempt = column is "Accepted" or "Soft" or "Blocked" or "Unconfirmed" or "Delivered" or "TimedOut";
            if (!isAboutAttempt || state.Attempts.Length > 0) yield return (column, false);
            if (isAboutAttempt && state.Attempts.Length > 1) yield return (column, true);
        }
    }

    private static MessageEvent About(string column, int attempt, MessageState state) => column switch
    {
        "Claimed" => Claimed(state.Attempts.Length + 1),
        "Accepted" => Taken(attempt),
        "Soft" => Failed(attempt, FailureReason.TemporaryError),
        "Blocked" => Failed(attempt, FailureReason.CarrierBlocked),
        "Unconfirmed" => Failed(attempt, FailureReason.DeliveryUnconfirmed),
        "Delivered" => Delivered(attempt),
        "TimedOut" => TimedOut(attempt),
        "Postponed" => Postponed(7),
        "Withdrawn" => Withdrawn(),
        "Stopped" => Stopped(FailureReason.OptedOut),
        "Requeued" => Requeued(),
        "Archived" => Archived(),
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    private static Dictionary<(string, string), string> Read(string table)
    {
        var lines = table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        return lines.Skip(1).SelectMany(line => lines[0].Zip(line.Skip(1)).Select(cell => (Row: line[0], Column: cell.First, Cell: cell.Second)))
            .ToDictionary(cell => (cell.Row, cell.Column), cell => cell.Cell);
    }

    /// <summary>The table, and the three things that it cannot say: attempts of the past, the third bounce, the archive.</summary>
    private sealed record Model(MessageStatus Status, int Attempts, int Before, bool Archived)
    {
        public Model After(string column, int attempt)
        {
            if (Archived) return this;
            if (column is "Archived") return this with { Archived = true };
            var next = column is "Accepted" or "Soft" or "Blocked" or "Unconfirmed" or "Delivered" or "TimedOut" && attempt < Attempts ? OfThePast(column, attempt) : OfThePresent(column);
            return this with
            {
                Status = next,
                Attempts = column is "Claimed" && next is MessageStatus.Sending && Status is not MessageStatus.Sending ? Attempts + 1 : Attempts,
                Before = column is "Requeued" && next != Status ? Attempts : Before,
            };
        }

        private MessageStatus OfThePresent(string column)
        {
            var cell = s_cells[(Status is MessageStatus.Queued && Attempts > 0 ? Again : Status.ToString(), column)];
            if (cell is ".") return Status;
            var next = Enum.Parse<MessageStatus>(cell);
            return next is MessageStatus.Retrying && Attempts - Before == 3 ? MessageStatus.Failed : next;
        }

        /// <summary>A delivery always counts; a final failure while no other re-send by hand lies in between; nothing else does.</summary>
        private MessageStatus OfThePast(string column, int attempt) => column switch
        {
            "Delivered" => MessageStatus.Delivered,
            "Blocked" when attempt > Before && Status is not MessageStatus.Delivered => MessageStatus.Failed,
            _ => Status,
        };
    }
}
