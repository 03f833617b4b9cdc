namespace Serverless.Contacts;

/// <summary>An area code in service in the North American Numbering Plan, and where its numbers are.</summary>
/// <param name="Code">Three digits.</param>
/// <param name="Country">The country served.</param>
/// <param name="Region">
/// The state's, province's or territory's postal code ("BC"; several as in "NS/PE"); elsewhere the ISO 3166 country code; empty for a
/// toll-free code.
/// </param>
/// <param name="Zones">
/// IANA time zone names, all that a number's owner may live in, the one with most people first; empty for a toll-free code. Where people
/// took a number and where they live differ ever more: a known address says more.
/// </param>
public sealed record AreaCode(string Code, Country Country, string Region, IReadOnlyList<string> Zones)
{
    private const string TollFree = "TollFree";

    // By number, so that a look-up is one array access: it is made for every recipient of an upload.
    private static readonly AreaCode?[] Table = Read();

    /// <summary>Every area code in service, in ascending order, with the countries and territories that cannot be texted.</summary>
    public static IReadOnlyCollection<AreaCode> All { get; } = [.. Table.OfType<AreaCode>()];

    /// <summary>Whether the callee pays; the code then belongs to no place, and is shared by the United States and Canada.</summary>
    public bool IsTollFree { get; private init; }

    /// <summary>Whether texts reach the numbers of this code: those of the United States, Canada and toll-free ones.</summary>
    public bool CanBeTexted => IsTollFree || Country is not Country.Other;

    /// <summary>The area code with these three digits; null when there is none in service, or when they are not three digits.</summary>
    public static AreaCode? Find(string code) =>
        code is [>= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9'] ? Find(code.AsSpan()) : null;

    /// <param name="digits">Three ASCII digits, which is not checked.</param>
    internal static AreaCode? Find(ReadOnlySpan<char> digits) =>
        Table[((digits[0] - '0') * 100) + ((digits[1] - '0') * 10) + digits[2] - '0'];

    private static AreaCode?[] Read()
    {
        var table = new AreaCode?[1000];
        using var stream = typeof(AreaCode).Assembly.GetManifestResourceStream("AreaCodes.csv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var areaCode = Read(line.Split(','));
            table[int.Parse(areaCode.Code, System.Globalization.CultureInfo.InvariantCulture)] = areaCode;
        }

        return table;
    }

    private static AreaCode Read(string[] fields) =>
        new(fields[0], CountryOf(fields[1]), fields[2], fields[3].Split(';', StringSplitOptions.RemoveEmptyEntries)) { IsTollFree = fields[1] == TollFree };

    private static Country CountryOf(string field) => field switch
    {
        "US" => Country.UnitedStates,
        "CA" => Country.Canada,
        _ => Country.Other,
    };
}
