using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;

namespace Serverless.Tests.Unit.Delivery;

/// <summary>What the carrier's list is told, and when that is settled.</summary>
public sealed class AzureSmsOptOutListTests
{
    private static readonly PhoneNumber s_sender = PhoneNumber.Parse("+18335550100");
    private static readonly PhoneNumber s_person = PhoneNumber.Parse("+16045550100");

    [Theory]
    [InlineData(true, "/sms/optouts:add?api-version=2026-01-23")]
    [InlineData(false, "/sms/optouts:remove?api-version=2026-01-23")]
    public async Task It_is_told_whom_towards_which_number(bool optedOut, string address)
    {
        var (list, carrier) = Answering(HttpStatusCode.OK, Item(200));

        Assert.True(await list.SetAsync(s_sender, s_person, optedOut, default));

        Assert.Equal(("POST", address), (carrier.Method, carrier.Address));
        var body = JsonDocument.Parse(carrier.Body!).RootElement;
        Assert.Equal(s_sender.Value, body.GetProperty("from").GetString());
        Assert.Equal(s_person.Value, Assert.Single(body.GetProperty("recipients").EnumerateArray()).GetProperty("to").GetString());
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(400, true)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public async Task What_it_says_of_the_number_is_settled_unless_that_may_pass(int status, bool settled) =>
        Assert.Equal(settled, await Answering(HttpStatusCode.OK, Item(status)).List.SetAsync(s_sender, s_person, true, default));

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task A_call_that_is_refused_is_to_be_made_again(HttpStatusCode status) =>
        Assert.False(await Answering(status, "{}").List.SetAsync(s_sender, s_person, true, default));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"value\":[]}")]
    [InlineData("{\"value\":[{\"to\":\"+16045550100\"")]
    public async Task An_answer_that_says_nothing_settles_nothing(string body) =>
        Assert.False(await Answering(HttpStatusCode.OK, body).List.SetAsync(s_sender, s_person, true, default));

    private static string Item(int status) => $$"""{"value":[{"to":"+16045550100","httpStatusCode":{{status}}}]}""";

    private static (AzureSmsOptOutList List, Handler Carrier) Answering(HttpStatusCode status, string body)
    {
        var handler = new Handler(status, body);
        var options = Options.Create(new SmsOptions { ConnectionString = "endpoint=http://carrier.example/;accesskey=AAAA" });
        return (new AzureSmsOptOutList(options, TimeProvider.System, NullLogger<AzureSmsOptOutList>.Instance, new CarrierTransport(new HttpClientTransport(handler))), handler);
    }

    private sealed class Handler(HttpStatusCode status, string answer) : HttpMessageHandler
    {
        public string? Method { get; private set; }

        public string? Address { get; private set; }

        public string? Body { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Method, Address, Body) = (request.Method.Method, request.RequestUri!.PathAndQuery, await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(status) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }
    }
}
