using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Contacts;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class ExportWriterTests
{
    private const string Fixed = "to,status,label,reason,advice,attempts,lastChange";
    private static readonly DateTimeOffset s_time = new(2026, 12, 1, 20, 0, 0, TimeSpan.FromHours(2));

    [Fact]
    public async Task Each_recipient_is_a_line()
    {
        var lines = await WriteAsync(["Name", "town"], Row(("name", "Ada"), ("TOWN", "Québec")), Row() with { Reason = null, Advice = null, Fields = null });

        Assert.Equal(
            $"{Fixed},Name,town\r\n"
            + "+12125550123,Failed,Not delivered,Landline,Call instead.,3,2026-12-01T18:00:00Z,Ada,Québec\r\n"
            + "+12125550123,Failed,Not delivered,,,3,2026-12-01T18:00:00Z,,\r\n",
            lines);
    }

    [Fact]
    public async Task Without_recipients_there_are_the_names() => Assert.Equal($"{Fixed}\r\n", await WriteAsync([]));

    [Theory]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a \"b\"", "\"a \"\"b\"\"\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\r\nb", "\"a\r\nb\"")]
    [InlineData(" a ", " a ")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("＝1", "'＝1")]
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠x", "'＠x")]
    [InlineData("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"")]
    [InlineData("1=1", "1=1")]
    public async Task A_cell_stays_one_cell_and_is_never_run(string value, string cell) =>
        Assert.EndsWith($",{cell}\r\n", await WriteAsync(["a"], Row(("a", value))), StringComparison.Ordinal);

    [Fact]
    public async Task Our_own_words_are_made_harmless_too() =>
        Assert.Contains(",'-Failed,'=x,'@y,'+z,", await WriteAsync([], Row() with { Status = "-Failed", Label = "=x", Reason = "@y", Advice = "+z" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("TO", "field.TO")]
    [InlineData("lastchange", "field.lastchange")]
    [InlineData("=x", "'=x")]
    [InlineData("a,b", "\"a,b\"")]
    public async Task A_name_of_a_field_is_told_apart(string field, string name) =>
        Assert.Equal($"{Fixed},{name}\r\n", await WriteAsync([field]));

    [Fact]
    public async Task No_two_columns_have_the_same_name() =>
        Assert.Equal($"{Fixed},field.to,field.field.To\r\n", await WriteAsync(["field.to", "To"]));

    [Fact]
    public void What_is_taken_away_can_be_read_again() => Prop.ForAll(Values.ToArbitrary(), values =>
    {
        var names = values.Select((_, i) => $"f{i}").ToArray();

        var csv = WriteAsync(names, Row([.. values.Select((value, i) => ($"F{i}", value))])).GetAwaiter().GetResult();

        var read = Uploads.ReadAsync(Uploads.Csv, csv).GetAwaiter().GetResult();
        var expected = values.Select((value, i) => $" f{i}={(value is ['=' or '\r' or '\n', ..] ? "'" : "")}{value}");
        Assert.EndsWith($"lastChange=2026-12-01T18:00:00Z{string.Concat(expected)}", Assert.Single(read), StringComparison.Ordinal);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Rows_go_out_while_others_are_still_read()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var goOn = new TaskCompletionSource();

        async IAsyncEnumerable<ExportRow> Rows()
        {
            for (var i = 0; i < 1_000; i++) yield return Row();
            await goOn.Task;
        }

        var writing = ExportWriter.WriteAsync(pipe.Writer, [], Rows(), default);
        var early = await pipe.Reader.ReadAsync();
        goOn.SetResult();
        await writing;

        Assert.InRange(early.Buffer.Length, 1, long.MaxValue);
    }

    [Fact]
    public async Task It_ends_when_nobody_reads_any_more()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        var read = 0;

        async IAsyncEnumerable<ExportRow> Rows()
        {
            for (; read < 100_000; read++) yield return Row();
            await Task.CompletedTask;
        }

        await ExportWriter.WriteAsync(pipe.Writer, [], Rows(), default);

        Assert.InRange(read, 1, 10_000);
    }

    private static Gen<List<string>> Values => Gen.Elements("", " ", ",", "\"", "\r", "\n", "=", "'", "ë", "😀", "x").ListOf().Select(string.Concat)
        .ListOf().Select(list => list.ToList());

    private static ExportRow Row(params (string Name, string Value)[] fields)
    {
        Assert.True(PhoneNumber.TryParse("2125550123", out var to));
        return new ExportRow(to, "Failed", "Not delivered", "Landline", "Call instead.", 3, s_time, fields.ToDictionary(f => f.Name, f => f.Value, StringComparer.OrdinalIgnoreCase));
    }

    private static async Task<string> WriteAsync(string[] fields, params ExportRow[] rows)
    {
        using var stream = new MemoryStream();
        var output = PipeWriter.Create(stream);
        await ExportWriter.WriteAsync(output, fields, rows.ToAsyncEnumerable(), default);
        await output.CompleteAsync();
        var bytes = stream.ToArray();
        Assert.True(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble));
        return Encoding.UTF8.GetString(bytes[Encoding.UTF8.Preamble.Length..]);
    }
}
