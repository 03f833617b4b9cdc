using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Serverless.Storage;

namespace Serverless.Calendar;

/// <summary>
/// The events by their start: a partition per month (UTC), and one per matter, the earliest first. Holds ids only; what an event was
/// moved away from stays in it, so <see cref="Place.IsOf"/> has to be asked when the event was read.
/// </summary>
public sealed class EventIndexTable(TableRegistry tables)
{
    private const string TimeFormat = "yyyyMMddHHmmss";

    private readonly AppendTable _table = new(tables.Table("EventsByStart"));

    /// <summary>Enters an event under the start and the matter that it has. Safe to repeat.</summary>
    public Task AddAsync(CalendarEvent calendarEvent, CancellationToken cancellationToken)
    {
        var place = Place.Of(calendarEvent);
        var byMonth = _table.AddAsync(new TableEntity(Month(calendarEvent.Start.At), place.Value), cancellationToken);
        return calendarEvent.MatterId is { } matter
            ? Task.WhenAll(byMonth, _table.AddAsync(new TableEntity(Matter(matter), place.Value), cancellationToken))
            : byMonth;
    }

    /// <summary>The places of events, the earliest first.</summary>
    /// <param name="matter">Only those of this matter; null for all.</param>
    /// <param name="from">Only those that start at this time or later; null for all.</param>
    /// <param name="to">Only those that start before this time; null for all.</param>
    /// <param name="after">Only those behind this place; null for all.</param>
    /// <param name="pageSize">How many to read at a time, at most 1000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<Place> ListAsync(
        string? matter, DateTimeOffset? from, DateTimeOffset? to, Place? after, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (first, last) = (from is { } start ? RoundUp(start) : "0", to is { } end ? RoundUp(end) : "9~");
        // Partitions and rows sort alike, so bounds on each are bounds on the pair.
        var (firstMonth, lastMonth) = matter is null ? (MonthOf(after?.Value ?? first), MonthOf(last)) : (Matter(matter), Matter(matter));
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {firstMonth} and PartitionKey le {lastMonth} and RowKey ge {first} and RowKey lt {last} and RowKey gt {after?.Value ?? ""}");
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, ["RowKey"], cancellationToken)) yield return new Place(row.RowKey);
    }

    private static string Month(DateTimeOffset at) => MonthOf(Format(at));

    private static string MonthOf(string time) => time.Length > 6 ? time[..6] : time;

    /// <summary>A name of people's choice, so whatever it holds.</summary>
    private static string Matter(string matter) => "m~" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(matter));

    /// <summary>Starts are whole seconds: one of them is before a time when it is before the next whole second.</summary>
    private static string RoundUp(DateTimeOffset time) =>
        Format(time.Ticks % TimeSpan.TicksPerSecond == 0 || time > DateTimeOffset.MaxValue.AddSeconds(-1) ? time : time.AddSeconds(1));

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>An event's place in the list: its start and its id.</summary>
    /// <param name="Value">As it is stored; the cursor of a page.</param>
    public sealed record Place(string Value)
    {
        /// <summary>The event that is or was there.</summary>
        public string EventId => Value[(TimeFormat.Length + 1)..];

        /// <summary>Whether the event is there still.</summary>
        public bool IsOf(CalendarEvent calendarEvent) => this == Of(calendarEvent);

        /// <summary>The place of an event.</summary>
        public static Place Of(CalendarEvent calendarEvent) => new($"{Format(calendarEvent.Start.At)}~{calendarEvent.Id}");

        /// <summary>Reads a cursor; null when it is none.</summary>
        public static Place? Parse(string cursor) =>
            cursor.Length == TimeFormat.Length + 33 && cursor[TimeFormat.Length] == '~' && cursor.AsSpan(0, TimeFormat.Length).IndexOfAnyExceptInRange('0', '9') < 0
            && EventTable.IsId(cursor[(TimeFormat.Length + 1)..]) ? new Place(cursor) : null;
    }
}
