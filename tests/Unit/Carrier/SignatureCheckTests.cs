using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Local.Carrier.Http;

namespace Serverless.Tests.Unit.Carrier;

public class SignatureCheckTests
{
    private const string Target = "/sms?api-version=2026-01-23";
    private const string Key = "YWNzLXNpbXVsYXRvci10ZXN0LWtleS0wMTIzNDU2Nzg5";

    private static readonly byte[] Body =
        Encoding.UTF8.GetBytes("""{"from":"+18005550100","smsRecipients":[{"to":"+14255550123"}],"message":"Hello world!"}""");

    private readonly SignatureCheck _check = new(["b3RoZXI=", Key]);

    [Theory]
    [InlineData("x-ms-date")]
    [InlineData("date")]
    public void A_known_request_is_let_in_whichever_date_it_signs(string date) => Assert.Null(_check.FindFault(Request(date), Target, Body));

    [Fact]
    public void A_key_of_somebody_else_is_refused() => Assert.NotNull(new SignatureCheck(["b3RoZXI="]).FindFault(Request(), Target, Body));

    [Fact]
    public void Another_body_is_refused() => Assert.NotNull(_check.FindFault(Request(), Target, [.. Body, (byte)' ']));

    [Fact]
    public void Another_target_is_refused() => Assert.NotNull(_check.FindFault(Request(), "/" + Target, Body));

    [Theory]
    [InlineData("x-ms-date", "Mon, 05 Oct 2026 14:30:01 GMT")]
    [InlineData("Host", "localhost:5081")]
    [InlineData("x-ms-content-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("x-ms-content-sha256", "not base64")]
    [InlineData("x-ms-content-sha256", "")]
    [InlineData("Authorization", "")]
    [InlineData("Authorization", "Bearer token")]
    [InlineData("Authorization", "HMAC-SHA256 Credential=a&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=dyTX6T6a1JzbvjHZ4BdYPu8JsOSb9ZFnsnYufRe7ZUU=")]
    [InlineData("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=")]
    [InlineData("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA")]
    [InlineData("Authorization", "HMAC-SHA256 SignedHeaders=&Signature=dyTX6T6a1JzbvjHZ4BdYPu8JsOSb9ZFnsnYufRe7ZUU=")]
    public void A_request_that_was_changed_on_its_way_is_refused(string header, string value)
    {
        var request = Request();
        request.Headers[header] = value;

        Assert.NotNull(_check.FindFault(request, Target, Body));
    }

    private static HttpRequest Request(string date = "x-ms-date")
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.Headers.Host = "localhost:5080";
        request.Headers[date] = "Mon, 05 Oct 2026 14:30:00 GMT";
        request.Headers["x-ms-content-sha256"] = "AnRTWxbKk9O1fpBapfK6pNSydd1aAjXfVswhISuoGnM=";
        request.Headers.Authorization =
            $"HMAC-SHA256 SignedHeaders={date};host;x-ms-content-sha256&Signature=dyTX6T6a1JzbvjHZ4BdYPu8JsOSb9ZFnsnYufRe7ZUU=";
        return request;
    }
}
