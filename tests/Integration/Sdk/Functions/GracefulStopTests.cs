using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.Functions;

public sealed class GracefulStopTests
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_running_invocation_is_brought_to_its_end()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Functions>(builder => builder.Services.AddSingleton(_gate));
        var call = host.Client.GetAsync("/api/Work");
        await Eventually.Of(_gate.Started.Task);

        var stop = host.Host.StopAsync();
        Assert.True(host.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        Assert.False(stop.IsCompleted);
        _gate.Open.SetResult();

        Assert.Equal(HttpStatusCode.OK, (await Eventually.Of(call)).StatusCode);
        await Eventually.Of(stop);
    }

    [Fact]
    public async Task An_invocation_that_takes_too_long_is_cancelled_and_answered()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Functions>(builder =>
        {
            builder.Services.AddSingleton(_gate);
            (builder.TimeForRunning, builder.TimeToUnwind) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(3));
        });
        var call = host.Client.GetAsync("/api/Work");
        await Eventually.Of(_gate.Started.Task);

        var stop = host.Host.StopAsync();

        await HttpFunctionsTests.AssertProblemAsync(await Eventually.Of(call), 503, "stopping");
        await Eventually.Of(stop);
    }

    [Fact]
    public async Task A_running_timer_is_waited_for_and_no_other_starts()
    {
        var time = new ManualTime();
        await using var host = await FunctionsHostUnderTest.StartAsync<Timers>(builder =>
        {
            builder.Services.AddSingleton(_gate);
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
        });
        await Eventually.TrueAsync(() => time.Waiting > 0, "the timer waits");
        time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.Of(_gate.Started.Task);

        var stop = host.Host.StopAsync();
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(stop.IsCompleted);
        _gate.Open.SetResult();

        await Eventually.Of(stop);
        Assert.Equal((1, 1), (_gate.Starts, _gate.Ends));
    }

    public sealed class Gate
    {
        private int _starts;
        private int _ends;

        public TaskCompletionSource Started { get; } = new();

        public TaskCompletionSource Open { get; } = new();

        public int Starts => _starts;

        public int Ends => _ends;

        public async Task PassAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _starts);
            Started.TrySetResult();
            await Open.Task.WaitAsync(cancellationToken);
            Interlocked.Increment(ref _ends);
        }
    }

    public sealed class Functions(Gate gate)
    {
        [Function("Work")]
        public async Task<IResult> WorkAsync([HttpTrigger] HttpRequest request, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return TypedResults.Ok();
        }
    }

    public sealed class Timers(Gate gate)
    {
        [Function("EveryMinute")]
        public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => gate.PassAsync(cancellationToken);
    }
}
