using System.Text.Json;
using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>What is known of a number, as a row. It is written whole: what is not there is not known.</summary>
internal sealed class NumberRows(TextCipher cipher)
{
    /// <summary>The rows that <see cref="Filter"/> finds: beside what they follow from, so that storage can leave out the others.</summary>
    public const string OptedOut = "OptedOut", Suggested = "Suggested";

    private const int LongestColumn = 32_000; // characters; a column takes 32,768

    /// <summary>Those behind a number in whose column it says so.</summary>
    public static string Filter(PhoneNumber? after, string column) =>
        // Partitions and rows sort alike, so a bound on each is a bound on the pair.
        TableClient.CreateQueryFilter($"PartitionKey ge {after?.AreaCode ?? ""} and RowKey gt {after?.Value ?? ""}") + $" and {column} eq true";

    public TableEntity ToRow(NumberFacts facts)
    {
        var row = new TableEntity(facts.Number.AreaCode, facts.Number.Value);
        if (facts.LineType is { } type) row["LineType"] = type.ToString();
        if (facts.OptOuts.Entries.Count > 0) row["OptOuts"] = Write(facts.OptOuts);
        if (facts.OptOut is not null) row[OptedOut] = true;
        if (!facts.Failures.IsEmpty) row["Failures"] = JsonSerializer.Serialize(facts.Failures.Outcomes);
        if (facts.Suggestion is not null) row[Suggested] = true;
        if (facts.Listed is { } listed) row["Listed"] = JsonSerializer.Serialize(listed);
        return row;
    }

    public Stored<NumberFacts> FromRow(TableEntity row) => new(
        new NumberFacts(
            PhoneNumber.Parse(row.RowKey),
            row.GetString("LineType") is { } type ? Enum.Parse<LineType>(type) : null,
            row.GetString("OptOuts") is { } entries ? OptOutHistory.Of(JsonSerializer.Deserialize<List<OptOutEntry>>(cipher.Reveal(entries))!) : OptOutHistory.None,
            row.GetString("Failures") is { } outcomes ? FailureRecord.Of(JsonSerializer.Deserialize<List<NumberOutcome>>(outcomes)!) : FailureRecord.None,
            row.GetString("Listed") is { } listed ? JsonSerializer.Deserialize<ListedOptOut>(listed) : null),
        row.ETag);

    private string Write(OptOutHistory history)
    {
        while (true)
        {
            var column = cipher.Protect(JsonSerializer.Serialize(history.Entries));
            if (column.Length <= LongestColumn) return column;
            history = history.Shortened(); // where they hold long texts, fewer are kept
        }
    }
}
