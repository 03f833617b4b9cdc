using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serverless.Campaigns;
using Serverless.Http;
using static Serverless.Tests.Unit.Campaigns.Uploads;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class UploadReaderTests
{
    [Theory]
    [InlineData("text/csv", true)]
    [InlineData("Text/CSV; charset=UTF-8", true)]
    [InlineData("text/csv; header=present; charset=\"utf-8\"", true)]
    [InlineData("application/json", false)]
    [InlineData("application/json;charset=utf-8", false)]
    public async Task The_content_type_says_how_to_read(string type, bool isCsv) =>
        Assert.Equal(["1 +12125550123"], await ReadAsync(type, isCsv ? "to\n2125550123" : """{"recipients":[{"to":"2125550123"}]}"""));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("csv")]
    [InlineData("text/plain")]
    [InlineData("text/csv; charset=iso-8859-1")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/vnd.ms-excel")]
    [InlineData("multipart/form-data; boundary=x")]
    public void Other_types_are_refused_at_once(string? type)
    {
        var refusal = Assert.Throws<ProblemException>(() => RowsOf(type, Stream.Null));

        Assert.Equal((415, "unsupported_media_type"), (refusal.Problem.Status, refusal.Problem.Code));
    }

    [Theory]
    [InlineData(Json, "")]
    [InlineData(Json, """{"recipients":[""")]
    [InlineData(Json, """{"recipients":[{"to":"21""")]
    [InlineData(Json, """{"recipients":[{"to":"2125550123"}]""")]
    [InlineData(Json, """{"recipients":[{"to":"2125550123"}]}""")]
    [InlineData(Csv, "")]
    [InlineData(Csv, "t")]
    [InlineData(Csv, "to\n2125550123")]
    [InlineData(Csv, "to\n2125550123\n")]
    public async Task A_body_that_breaks_off_is_told_as_such(string type, string body)
    {
        foreach (var end in new Exception[] { new BadHttpRequestException("Unexpected end of request content."), new IOException("Reset.") })
        {
            var problem = await RefusalOfAsync(type, new PiecewiseStream([Encoding.UTF8.GetBytes(body)], end));

            Assert.Equal((400, "body_cut_off"), (problem.Status, problem.Code));
        }
    }

    [Theory]
    [InlineData(Json)]
    [InlineData(Csv)]
    public async Task A_body_that_the_server_finds_too_large_is_told_as_such(string type)
    {
        var problem = await RefusalOfAsync(type, new PiecewiseStream([], new BadHttpRequestException("Request body too large.", 413)));

        Assert.Equal((413, "body_too_large"), (problem.Status, problem.Code));
    }

    [Fact]
    public void The_server_is_told_to_let_a_large_body_through()
    {
        var limit = new BodyLimit();
        var http = new DefaultHttpContext { Request = { ContentType = Csv } };
        http.Features.Set<IHttpMaxRequestBodySizeFeature>(limit);

        http.Request.ReadUpload(default);

        Assert.Equal(100 * 1024 * 1024, limit.MaxRequestBodySize);
    }

    private sealed class BodyLimit : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; } = 30_000_000;
    }
}
