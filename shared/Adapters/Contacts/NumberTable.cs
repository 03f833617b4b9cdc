using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>What kind of line a number is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LineType>))]
public enum LineType
{
    /// <summary>A mobile phone.</summary>
    [JsonStringEnumMemberName("mobile")]
    Mobile = 1,

    /// <summary>A landline: it takes no texts.</summary>
    [JsonStringEnumMemberName("landline")]
    Landline = 2,

    /// <summary>A line over the internet.</summary>
    [JsonStringEnumMemberName("voip")]
    Voip = 3,
}

/// <summary>Who or what opted a number out.</summary>
public enum OptOutSource
{
    /// <summary>The person, by a keyword such as STOP.</summary>
    Keyword = 1,

    /// <summary>The carrier said so when a text was sent.</summary>
    Carrier = 2,

    /// <summary>Somebody of the organisation.</summary>
    Person = 3,
}

/// <summary>That a number must not be texted.</summary>
public sealed record OptOut(DateTimeOffset Since, OptOutSource Source, string? Text);

/// <summary>What is known of a number.</summary>
public sealed record NumberFacts(PhoneNumber Number, LineType? LineType, OptOut? OptOut);

/// <summary>
/// What is known of numbers, opt-outs above all: a partition per area code, so that a sorted batch of recipients is checked by a
/// range read or two, and one point read answers for a single text. A number of which nothing is known has no row.
/// </summary>
public sealed class NumberTable(TableRegistry tables)
{
    private readonly LazyTable _table = tables.Table("Numbers");

    /// <summary>What is known of a number.</summary>
    public async Task<NumberFacts> FindAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(number.AreaCode, number.Value, cancellationToken: cancellationToken);
        return found.HasValue ? FromRow(number, found.Value!) : new NumberFacts(number, null, null);
    }

    /// <summary>States what kind of line a number is; null for unknown. Safe to repeat.</summary>
    public async Task SetLineTypeAsync(PhoneNumber number, LineType? lineType, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(new TableEntity(number.AreaCode, number.Value) { ["LineType"] = lineType?.ToString() ?? "" }, TableUpdateMode.Merge, cancellationToken);
    }

    /// <summary>Opts a number out. One that is out already stays out since when it was. Safe to repeat.</summary>
    public async Task OptOutAsync(PhoneNumber number, OptOut optOut, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var row = new TableEntity(number.AreaCode, number.Value) { ["OptOut"] = JsonSerializer.Serialize(optOut) };
        while (true)
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(number.AreaCode, number.Value, cancellationToken: cancellationToken);
            if (found.HasValue && FromRow(number, found.Value!).OptOut is not null) return;
            try
            {
                if (found.HasValue) await table.UpdateEntityAsync(row, found.Value!.ETag, TableUpdateMode.Merge, cancellationToken);
                else await table.AddEntityAsync(row, cancellationToken);
                return;
            }
            catch (RequestFailedException e) when (StorageFaults.LostRace(e) || StorageFaults.AlreadyExists(e))
            {
            }
        }
    }

    private static NumberFacts FromRow(PhoneNumber number, TableEntity row) => new(
        number,
        row.GetString("LineType") is { Length: > 0 } type ? Enum.Parse<LineType>(type) : null,
        row.GetString("OptOut") is { Length: > 0 } optOut ? JsonSerializer.Deserialize<OptOut>(optOut) : null);
}
