using System.Security.Cryptography;
using System.Text;
using Serverless.Local.Sms;

namespace Serverless.Tests.Unit.Sdk.Sms;

public class RequestSignatureTests
{
    private const string Body = """{"from":"+18005550100","smsRecipients":[{"to":"+14255550123"}],"message":"Hello world!"}""";
    private const string Key = "YWNzLXNpbXVsYXRvci10ZXN0LWtleS0wMTIzNDU2Nzg5";
    private const string Date = "Mon, 05 Oct 2026 14:30:00 GMT";

    private static readonly Uri SendUri = new("http://localhost:5080/sms?api-version=2026-01-23");

    [Fact]
    public void A_known_request_gets_its_known_signature()
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Body)));

        Assert.Equal("AnRTWxbKk9O1fpBapfK6pNSydd1aAjXfVswhISuoGnM=", hash);
        Assert.Equal("dyTX6T6a1JzbvjHZ4BdYPu8JsOSb9ZFnsnYufRe7ZUU=", RequestSignature.Sign(Key, "POST", SendUri, Date, hash));
    }

    [Fact]
    public void The_header_says_what_was_signed()
    {
        var header = RequestSignature.Authorization(Key, "POST", SendUri, Date, "AnRTWxbKk9O1fpBapfK6pNSydd1aAjXfVswhISuoGnM=");

        Assert.Equal(
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=dyTX6T6a1JzbvjHZ4BdYPu8JsOSb9ZFnsnYufRe7ZUU=", header);
    }
}
