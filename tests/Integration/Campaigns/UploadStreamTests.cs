using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Campaigns;
using Serverless.Http;
using Serverless.Local.Functions;
using Serverless.Tests.Integration.Sdk.Functions;

namespace Serverless.Tests.Integration.Campaigns;

/// <summary>Uploads through a real server.</summary>
public sealed class UploadStreamTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Rows_are_read_while_the_rest_is_still_sent()
    {
        var seen = new Seen();
        await using var host = await StartAsync(seen);

        var answer = host.Client.PostAsync("/api/upload", new Slow(seen.First.Task));

        Assert.Equal("1 +12125550123", await seen.First.Task.WaitAsync(s_deadline));
        Assert.Equal("2", await (await answer).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_hundred_thousand_rows_of_forty_megabytes_get_through()
    {
        await using var host = await StartAsync(new Seen());
        var csv = new StringBuilder("to,name\n").Insert(8, $"2125550123,{new string('n', 400)}\n", 100_000).ToString();

        using var answer = await host.Client.PostAsync("/api/upload", new StringContent(csv, Encoding.UTF8, "text/csv"));

        Assert.Equal("100000", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_that_is_cut_off_is_never_taken_for_a_short_one()
    {
        var seen = new Seen();
        await using var host = await StartAsync(seen);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port);
        var request = $"POST /api/upload HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\nto\n2125550123\n2125550124\n";

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);

        // Which of the two it is depends on whether the server tells first that the body or that the caller is gone.
        var end = await seen.End.Task.WaitAsync(s_deadline);
        Assert.True(end is OperationCanceledException or ProblemException { Problem.Code: "body_cut_off" }, $"{end}");
    }

    private static Task<FunctionsHostUnderTest> StartAsync(Seen seen) =>
        FunctionsHostUnderTest.StartAsync<Uploading>(builder => builder.Services.AddSingleton(seen));

    public sealed class Seen
    {
        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<Exception?> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public sealed class Uploading(Seen seen)
    {
        [Function("Upload")]
        public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "upload")] HttpRequest request, CancellationToken cancellationToken)
        {
            // A machine that stalls between the two rows is no slow sender.
            request.HttpContext.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
            var count = 0;
            try
            {
                await foreach (var row in request.ReadUpload(cancellationToken))
                {
                    count++;
                    if (row is UploadedRow.Good good) seen.First.TrySetResult($"{good.Row} {good.To.Value}");
                }
            }
            catch (Exception e)
            {
                seen.End.TrySetResult(e);
                throw;
            }
            seen.End.TrySetResult(null);
            return TypedResults.Text($"{count}");
        }
    }

    /// <summary>Sends its second row when the first was read.</summary>
    private sealed class Slow : HttpContent
    {
        private readonly Task _goOn;

        public Slow(Task goOn)
        {
            _goOn = goOn;
            Headers.ContentType = new("text/csv");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("to\n2125550123\n"u8.ToArray());
            await stream.FlushAsync();
            await _goOn.WaitAsync(s_deadline);
            await stream.WriteAsync("2125550124\n"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
