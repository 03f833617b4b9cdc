using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.Functions;

public sealed class MiddlewareTests
{
    [Fact]
    public async Task Middleware_wraps_the_function_in_the_order_it_was_added()
    {
        var trace = new Trace();
        await using var host = await FunctionsHostUnderTest.StartAsync<Functions>(builder =>
        {
            builder.Services.AddSingleton(trace);
            builder.UseMiddleware<Outer>();
            builder.UseMiddleware(async (context, next) =>
            {
                trace.Add("inner before");
                await next();
                trace.Add("inner after");
            });
        });

        await host.Client.GetAsync("/api/Http");

        Assert.Equal(["outer before", "inner before", "function", "inner after", "outer after"], trace.Steps);
    }

    [Fact]
    public async Task Middleware_chosen_by_the_trigger_sees_only_its_invocations()
    {
        var trace = new Trace();
        await using var host = await FunctionsHostUnderTest.StartAsync<Functions>(builder =>
        {
            builder.Services.AddSingleton(trace);
            builder.UseWhen<Outer>(context => context.FunctionDefinition.InputBindings.Values.Any(b => b.Type == "httpTrigger"));
            builder.UseWhen(context => context.FunctionDefinition.Name == "Events", async (context, next) =>
            {
                trace.Add(context.GetHttpContext() is null ? "no HTTP" : "HTTP");
                await next();
            });
        });

        await host.Client.GetAsync("/api/Http");
        await EventGridTests.PostAsync(host, "Events", "Notification", "[{}]");

        Assert.Equal(["outer before", "function", "outer after", "no HTTP", "events"], trace.Steps);
    }

    [Fact]
    public async Task Middleware_can_answer_in_the_functions_place()
    {
        var trace = new Trace();
        await using var host = await FunctionsHostUnderTest.StartAsync<Functions>(builder =>
        {
            builder.Services.AddSingleton(trace);
            builder.UseMiddleware((context, next) =>
            {
                context.GetInvocationResult().Value = TypedResults.StatusCode(418);
                return Task.CompletedTask;
            });
        });

        var answer = await host.Client.GetAsync("/api/Http");

        Assert.Equal(418, (int)answer.StatusCode);
        Assert.Empty(trace.Steps);
    }

    [Fact]
    public async Task Middleware_can_put_another_result_in_place_of_the_functions_own()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Functions>(builder =>
        {
            builder.Services.AddSingleton(new Trace());
            builder.UseMiddleware(async (context, next) =>
            {
                await next();
                var result = context.GetInvocationResult<IResult>();
                result.Value = result.Value is null ? TypedResults.StatusCode(500) : TypedResults.Ok(context.GetHttpContext()!.Request.Path.Value);
            });
        });

        Assert.Equal("\"/api/Http\"", await host.Client.GetStringAsync("/api/Http"));
    }

    [Fact]
    public async Task Middleware_can_turn_an_exception_into_an_answer()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<HttpFunctionsTests.Failures>(builder => builder.UseMiddleware(async (context, next) =>
        {
            try
            {
                await next();
            }
            catch (InvalidOperationException)
            {
                context.GetInvocationResult().Value = TypedResults.StatusCode(503);
            }
        }));

        Assert.Equal(503, (int)(await host.Client.GetAsync("/api/throws")).StatusCode);
        Assert.Empty(host.Logs.Errors);
    }

    [Fact]
    public async Task What_middleware_throws_fails_the_invocation()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Functions>(builder =>
        {
            builder.Services.AddSingleton(new Trace());
            builder.UseMiddleware((_, _) => throw new InvalidOperationException("in middleware"));
        });

        await HttpFunctionsTests.AssertProblemAsync(await host.Client.GetAsync("/api/Http"), 500, "internal_error");
        Assert.Equal(500, (int)(await EventGridTests.PostAsync(host, "Events", "Notification", "[{}]")).StatusCode);
        Assert.Equal(2, host.Logs.Errors.Count());
    }

    public sealed class Trace
    {
        private readonly ConcurrentQueue<string> _steps = new();

        public IEnumerable<string> Steps => _steps;

        public void Add(string step) => _steps.Enqueue(step);
    }

    public sealed class Outer(Trace trace) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            trace.Add("outer before");
            await next(context);
            trace.Add("outer after");
        }
    }

    public sealed class Functions(Trace trace)
    {
        [Function("Http")]
        public IResult Http([HttpTrigger] HttpRequest request)
        {
            trace.Add("function");
            return TypedResults.Ok();
        }

        [Function("Events")]
        public void Events([EventGridTrigger(IsBatched = true)] string[] events) => trace.Add("events");
    }
}
