using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using static Serverless.Tests.Unit.Campaigns.Uploads;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class CsvUploadTests
{
    [Theory]
    [InlineData("to\n+12125550123", "1 +12125550123")]
    [InlineData("to\r\n(212) 555-0123\r\n", "1 +12125550123")]
    [InlineData("\uFEFFto\n2125550123", "1 +12125550123")]
    [InlineData("name, TO \nAda,2125550123", "1 +12125550123 name=Ada")]
    [InlineData("\"to\",\"first name\"\n\"2125550123\",\"King, \"\"Ada\"\"\r\nLovelace\"", "1 +12125550123 first name=King, \"Ada\"\r\nLovelace")]
    [InlineData("to,a,b\n2125550123\n2125550124,1", "1 +12125550123 a= b=", "2 +12125550124 a=1 b=")]
    [InlineData("to,a,,b,\n2125550123,1,2,3,4", "1 +12125550123 a=1 b=3")]
    [InlineData("to,size\n2125550123,5\" wide", "1 +12125550123 size=5\" wide")]
    [InlineData("to,a\n2125550123, x ", "1 +12125550123 a= x ")]
    [InlineData("to,a\n2125550123,x\r", "1 +12125550123 a=x")]
    [InlineData("to,a\n2125550123,\"\"\n", "1 +12125550123 a=")]
    [InlineData("to")]
    [InlineData("to\n")]
    public async Task Good_rows_are_read(string csv, params string[] rows) => Assert.Equal(rows, await ReadAsync(Csv, csv));

    [Theory]
    [InlineData("x", "1 invalid_number [x]")]
    [InlineData("+442079460000", "1 unsupported_country [+442079460000]")]
    [InlineData("", "1 missing_to []")]
    [InlineData("  ,Ada", "1 missing_to []")]
    [InlineData(",,", "1 missing_to []")]
    [InlineData("2125550123,a,b,c", "1 malformed_row [2125550123]")]
    [InlineData("2125550123,\"a\"b,c", "1 malformed_row [2125550123]")]
    [InlineData("\"2125550123\"x,a", "1 malformed_row []")]
    [InlineData("2125550123,\"a\"\rb", "1 malformed_row [2125550123]")]
    [InlineData("2125550123,a\u0007", "1 control_character [2125550123]")]
    [InlineData("2125550123,a\u202Eb", "1 control_character [2125550123]")]
    [InlineData("2125550123,Ada,c-1", "1 of c-1 +12125550123 name=Ada")]
    [InlineData(",Ada, c-1 ", "1 of c-1  name=Ada")]
    [InlineData("+447911123456,Ada,c-1", "1 unsupported_country [+447911123456]")]
    [InlineData(",Ada,", "1 missing_to []")]
    public async Task A_bad_row_gets_a_verdict_and_stops_none(string row, string verdict) =>
        Assert.Equal([verdict, "2 +12125550124 name=Bob"], await ReadAsync(Csv, $"to,name,contactid\n{row}\n2125550124,Bob\n"));

    [Fact]
    public async Task A_quote_that_is_never_closed_makes_one_bad_row_of_the_rest() =>
        Assert.Equal(["1 +12125550123 name=Ada", "2 malformed_row [2125550124]"], await ReadAsync(Csv, "to,name\n2125550123,Ada\n2125550124,\"Bob\n2125550125,Cy\n"));

    [Fact]
    public async Task After_an_open_quote_reading_goes_on_behind_the_next_quoted_cell() => Assert.Equal(
        ["1 malformed_row [2125550124]", "2 +12125550126 name=Di"],
        await ReadAsync(Csv, "to,name\n2125550124,\"Bob\n2125550125,\"Cy\"\n2125550126,Di\n"));

    [Fact]
    public async Task A_rejected_number_is_told_in_part()
    {
        var cut = Assert.Single(await ReadAsync(Csv, $"to\n{new string('9', 63)}😀{new string('9', 99)}"));

        Assert.Equal($"1 invalid_number [{new string('9', 63)}]", cut);
    }

    [Theory]
    [InlineData(7_996, false)]
    [InlineData(7_997, true)]
    public async Task Names_and_values_have_a_length_together(int length, bool isTooLong)
    {
        var row = Assert.Single(await ReadAsync(Csv, $"to,name\n2125550123,{new string('x', length)}\n"));

        Assert.Equal(isTooLong, row == "1 fields_too_long [2125550123]");
    }

    [Theory]
    [InlineData("")]
    [InlineData("2125550125,\"")] // the long cell holds what looks like rows
    public async Task A_row_of_a_megabyte_is_skipped(string before)
    {
        var lines = before.Length > 0 ? string.Concat(Enumerable.Repeat("2125550199,x\n", 80_000)) + "\"" : new string('x', 1 << 20);

        Assert.Equal(
            ["1 +12125550123 name=Ada", "2 row_too_long []", "3 +12125550124 name=Bob"],
            await ReadAsync(Csv, $"to,name\n2125550123,Ada\n{before}{lines}\n2125550124,Bob\n"));
    }

    [Theory]
    [InlineData(65_536, "1 fields_too_long [2125550123]")]
    [InlineData(65_537, "1 row_too_long []")]
    public async Task A_row_has_64_KiB(int length, string verdict) =>
        Assert.Equal([verdict], await ReadAsync(Csv, $"to,name\n2125550123,{new string('x', length - 11)}\n"));

    [Theory]
    [InlineData("", "422 missing_to_column")]
    [InlineData("\n2125550123", "422 missing_to_column")]
    [InlineData("number,name\n2125550123,Ada", "422 missing_to_column")]
    [InlineData("to;name\n2125550123;Ada", "422 missing_to_column")]
    [InlineData("to,name, NAME\n", "422 duplicate_column")]
    [InlineData("to,To\n", "422 duplicate_column")]
    [InlineData("to,\"name\"x\n2125550123,Ada", "400 malformed_csv")]
    [InlineData("to,\"name\n2125550123,Ada", "400 malformed_csv")]
    public async Task Without_a_good_header_nothing_is_read(string csv, string refusal) => Assert.Equal(refusal, await RefusalOfAsync(Csv, csv));

    [Theory]
    [InlineData(new byte[] { (byte)'Z', (byte)'o', 0xEB, (byte)'\n', (byte)'x' })] // ë in Latin-1
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })] // half a surrogate pair
    [InlineData(new byte[] { 0xC3 })] // the end is missing
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'x', 0 })]
    public async Task What_is_not_UTF_8_is_refused(byte[] bytes)
    {
        Assert.Equal("malformed_csv", (await RefusalOfAsync(Csv, new MemoryStream(bytes))).Code);
        Assert.Equal("malformed_csv", (await RefusalOfAsync(Csv, new MemoryStream([.. "to,name\n2125550123,Ada\n2125550124,"u8, .. bytes]))).Code);
    }

    [Fact]
    public async Task However_the_body_is_cut_the_rows_are_the_same()
    {
        var body = "\uFEFFto,\"na\"\"me\"\r\n2125550123,\"Zoë\r\n😀\"\r\nx,y\r\n2125550124,\"a\"b\r\n\r\n2125550125,\"\"\"\"";
        var bytes = Encoding.UTF8.GetBytes(body);
        var expected = await ReadAsync(Csv, body);

        Assert.Equal(5, expected.Count);
        for (var size = 1; size <= bytes.Length; size++) Assert.Equal(expected, await ReadAsync(Csv, PiecewiseStream.Cut(bytes, size)));
        for (var at = 1; at < bytes.Length; at++) Assert.Equal(expected, await ReadAsync(Csv, new PiecewiseStream([bytes[..at], bytes[at..]])));
    }

    [Fact]
    public async Task Exactly_100_000_rows_are_read()
    {
        Assert.Equal(100_000, (await ReadAsync(Csv, Rows(100_000))).Count);
        Assert.Equal("too_many_rows", (await RefusalOfAsync(Csv, Rows(100_001))).Code);
    }

    [Fact]
    public void Values_come_back_as_they_were_written() => Prop.ForAll(Values.ToArbitrary(), values =>
    {
        var csv = $"to,{string.Join(',', values.Select((_, i) => $"f{i}"))}\r\n2125550123,{string.Join(',', values.Select(Quoted))}\r\n2125550124";
        var expected = $"1 +12125550123{string.Concat(values.Select((value, i) => $" f{i}={value}"))}";

        var rows = ReadAsync(Csv, csv).GetAwaiter().GetResult();

        Assert.Equal(expected, rows[0]);
        Assert.Equal(2, rows.Count);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_comes_there_is_a_verdict_on_each_row_in_turn() => Prop.ForAll(Noise.ToArbitrary(), noise =>
    {
        var rows = ReadAsync(Csv, $"to,name\n{noise}\n2125550123").GetAwaiter().GetResult();

        Assert.Equal(Enumerable.Range(1, rows.Count), rows.Select(row => int.Parse(row.Split(' ')[0], CultureInfo.InvariantCulture)));
        Assert.InRange(rows.Count, 1, noise.Count(c => c == '\n') + 2);
    }).QuickCheckThrowOnFailure();

    private static Gen<List<string>> Values => Gen.Elements("", " ", ",", "\"", "\r", "\n", "\r\n", "'", "ë", "😀", "x", "to").ListOf().Select(string.Concat)
        .NonEmptyListOf().Select(list => list.ToList());

    private static Gen<string> Noise => Gen.Elements("\"", ",", "\r", "\n", "\r\n", "x", "2125550124").ListOf().Select(string.Concat);

    private static string Quoted(string value) => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static PiecewiseStream Rows(int count) =>
        new(Enumerable.Range(0, count).Select(_ => "2125550123\n"u8.ToArray()).Prepend("to\n"u8.ToArray()));
}
