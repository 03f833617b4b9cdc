using System.Text;
using static Serverless.Tests.Unit.Campaigns.Uploads;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class JsonUploadTests
{
    [Theory]
    [InlineData("""{"recipients":[]}""")]
    [InlineData(""" { "recipients" : [ ] } """)]
    [InlineData("""{"recipients":[{"to":"2125550123"}]}""", "1 +12125550123")]
    [InlineData("\uFEFF{\"recipients\":[{\"to\":\"2125550123\"}]}", "1 +12125550123")]
    [InlineData("""{"recipients":[ {"to":"2125550123","fields":null,"contactId":null} , {"to":"2125550124","fields":{}} ]}""", "1 +12125550123", "2 +12125550124")]
    [InlineData("""{"recipients":[{"fields":{"a":"x","b":1.50,"c":true,"d":null," e ":"]}"},"to":"2125550123"}]}""", "1 +12125550123 a=x b=1.50 c=true d= e=]}")]
    [InlineData("""{"recipients":[{"to":"2125550123","fields":{"q":"\"},{\\\"","\u006e":"\ud83d\ude00"}}]}""", "1 +12125550123 q=\"},{\\\" n=😀")]
    public async Task Good_rows_are_read(string json, params string[] rows) => Assert.Equal(rows, await ReadAsync(Json, json));

    [Theory]
    [InlineData("""{"to":"x"}""", "1 invalid_number [x]")]
    [InlineData("""{"to":"+442079460000"}""", "1 unsupported_country [+442079460000]")]
    [InlineData("""{}""", "1 missing_to []")]
    [InlineData("""{"to":null}""", "1 missing_to []")]
    [InlineData("""{"to":" "}""", "1 missing_to []")]
    [InlineData("""{"contactId":"c1"}""", "1 of c1 ")]
    [InlineData("""{"to":"2125550123","contactId":"c1"}""", "1 of c1 +12125550123")]
    [InlineData("""{"to":"2125550123","fields":{"a":"\u0007"}}""", "1 control_character [2125550123]")]
    [InlineData("""{"to":"2125550123","fields":{"a\u0007":""}}""", "1 control_character [2125550123]")]
    [InlineData("""{"to":2125550123}""", "1 malformed_row []")]
    [InlineData("""{"To":"2125550123"}""", "1 malformed_row []")]
    [InlineData("""{"name":"Ada","to":"2125550123"}""", "1 malformed_row [2125550123]")]
    [InlineData("""{"to":"2125550123","to":"2125550124"}""", "1 malformed_row [2125550123]")]
    [InlineData("""{"to":"2125550123","fields":[]}""", "1 malformed_row [2125550123]")]
    [InlineData("""{"to":"2125550123","fields":{"a":{}}}""", "1 malformed_row [2125550123]")]
    [InlineData("""{"to":"2125550123","fields":{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}""", "1 malformed_row [2125550123]")]
    [InlineData("""{"to":"2125550123","fields":{"a":[1]}}""", "1 malformed_row [2125550123]")]
    [InlineData("""{"to":"2125550123","fields":{"a":"x","A":"y"}}""", "1 malformed_row [2125550123]")]
    [InlineData("""{"to":"2125550123","fields":{" ":"x"}}""", "1 malformed_row [2125550123]")]
    [InlineData("""{"to":"2125550123","fields":{"a":"\ud83d"}}""", "1 malformed_row [2125550123]")]
    [InlineData("null", "1 malformed_row []")]
    [InlineData("\"2125550123\"", "1 malformed_row []")]
    [InlineData("-1.5e3", "1 malformed_row []")]
    [InlineData("""[{"to":"2125550123"},[]]""", "1 malformed_row []")]
    public async Task A_bad_row_gets_a_verdict_and_stops_none(string row, string verdict) =>
        Assert.Equal([verdict, "2 +12125550124"], await ReadAsync(Json, $$"""{"recipients":[{{row}},{"to":"2125550124"}]}"""));

    [Fact]
    public async Task Deep_nesting_is_the_fault_of_its_row_alone()
    {
        var deep = $$$"""{"to":"2125550123","fields":{"a":{{{new string('[', 9_000)}}}{{{new string(']', 9_000)}}}}}""";

        Assert.Equal(["1 malformed_row []", "2 +12125550124"], await ReadAsync(Json, $$"""{"recipients":[{{deep}},{"to":"2125550124"}]}"""));
    }

    [Fact]
    public async Task A_row_of_a_megabyte_is_skipped()
    {
        var value = string.Concat(Enumerable.Repeat("""},{\"to\":\"2125550199\"},\\""", 40_000));
        var json = $$$"""{"recipients":[{"to":"2125550123"},{"to":"2125550125","fields":{"a":"{{{value}}}"}},{"to":"2125550124"}]}""";

        Assert.Equal(["1 +12125550123", "2 row_too_long []", "3 +12125550124"], await ReadAsync(Json, json));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_long_row_may_be_the_last_or_the_only_one(int before)
    {
        var rows = string.Concat(Enumerable.Repeat("""{"to":"2125550123"},""", before));

        Assert.Equal($"{before + 1} row_too_long []", (await ReadAsync(Json, $$"""{"recipients":[{{rows}}{"to":"{{new string('9', 200_000)}}"}]}"""))[^1]);
    }

    [Theory]
    [InlineData(65_536, "1 fields_too_long [2125550123]")]
    [InlineData(65_537, "1 row_too_long []")]
    public async Task A_row_has_64_KiB(int length, string verdict)
    {
        var row = """{"to":"2125550123","fields":{"a":""}}""";
        row = row.Replace(":\"\"", $":\"{new string('x', length - row.Length)}\"", StringComparison.Ordinal);

        Assert.Equal([verdict], await ReadAsync(Json, $$"""{"recipients":[{{row}}]}"""));
    }

    [Theory]
    [InlineData("", "400 malformed_json")]
    [InlineData("  ", "400 malformed_json")]
    [InlineData("x", "400 malformed_json")]
    [InlineData("[]", "400 malformed_json")]
    [InlineData("null", "400 malformed_json")]
    [InlineData("{", "400 malformed_json")]
    [InlineData("{}", "422 missing_field recipients")]
    [InlineData("""{"recipients":null}""", "400 wrong_type recipients")]
    [InlineData("""{"recipients":{}}""", "400 wrong_type recipients")]
    [InlineData("""{"Recipients":[]}""", "400 unknown_field Recipients")]
    [InlineData("""{"name":"x","recipients":[]}""", "400 unknown_field name")]
    [InlineData("""{"recipients":[],"name":"x"}""", "400 unknown_field name")]
    [InlineData("""{"recipients":[{"to":"2125550123"}],"name":"x"}""", "400 unknown_field name")]
    [InlineData("""{"recipients":[],"recipients":[]}""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":"2125550123"}""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":"2125550123"}]""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":"2125550123"}]}x""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":"2125550123"}]}}""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":"2125550123"}}""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":"2125550123"},]}""", "400 malformed_json")]
    [InlineData("""{"recipients":[,{"to":"2125550123"}]}""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":"2125550123"}{"to":"2125550124"}]}""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":"2125550123"] ,{"to":"2125550124"}]}""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":+1}]}""", "400 malformed_json")]
    [InlineData("""{"recipients":[{"to":"2125550123",}]}""", "400 malformed_json")]
    public async Task What_is_not_such_an_object_is_refused(string json, string refusal) => Assert.Equal(refusal, await RefusalOfAsync(Json, json));

    [Fact]
    public async Task However_the_body_is_cut_the_rows_are_the_same()
    {
        var body = "\uFEFF" + """{ "recipients" : [ {"to":"2125550123","fields":{"n\"]":"Zoë 😀\\","x":[{}]}}, 5 ,{"to":"2125550124","fields":{"a":"\\\"},"}},null ] } """;
        var bytes = Encoding.UTF8.GetBytes(body);
        var expected = await ReadAsync(Json, body);

        Assert.Equal(4, expected.Count);
        for (var size = 1; size <= bytes.Length; size++) Assert.Equal(expected, await ReadAsync(Json, PiecewiseStream.Cut(bytes, size)));
        for (var at = 1; at < bytes.Length; at++) Assert.Equal(expected, await ReadAsync(Json, new PiecewiseStream([bytes[..at], bytes[at..]])));
    }

    [Fact]
    public async Task A_body_that_lacks_its_end_is_never_whole()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"recipients":[{"to":"2125550123","fields":{"a":"b"}},{"to":"2125550124"}]}""");

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal("malformed_json", (await RefusalOfAsync(Json, new MemoryStream(bytes[..length]))).Code);
        }
    }

    [Fact]
    public async Task Exactly_100_000_rows_are_read()
    {
        Assert.Equal(100_000, (await ReadAsync(Json, Rows(100_000))).Count);
        Assert.Equal("too_many_rows", (await RefusalOfAsync(Json, Rows(100_001))).Code);
    }

    private static PiecewiseStream Rows(int count) => new(
        Enumerable.Repeat("""{"to":"2125550123"},"""u8.ToArray(), count - 1)
            .Prepend("""{"recipients":["""u8.ToArray())
            .Append("""{"to":"2125550123"}]}"""u8.ToArray()));
}
