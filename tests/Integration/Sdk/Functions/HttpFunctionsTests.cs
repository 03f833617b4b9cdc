using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.Functions;
using FromBodyAttribute = Serverless.Local.Functions.FromBodyAttribute;

namespace Serverless.Tests.Integration.Sdk.Functions;

public sealed class HttpFunctionsTests
{
    [Fact]
    public async Task A_route_is_served_below_api()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Orders>();

        Assert.Equal("order 42", await host.Client.GetFromJsonAsync<string>("/api/orders/42"));
    }

    [Fact]
    public async Task The_prefix_is_a_setting_of_host_json()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Orders>(settings: ("AzureFunctionsJobHost:extensions:http:routePrefix", ""));

        Assert.Equal("order 42", await host.Client.GetFromJsonAsync<string>("/orders/42"));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/api/orders/42")).StatusCode);
    }

    [Fact]
    public async Task A_function_without_a_route_has_its_name_and_takes_every_method()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Orders>();

        Assert.Equal("GET", await host.Client.GetFromJsonAsync<string>("/api/Anything"));
        Assert.Equal("\"DELETE\"", await (await host.Client.DeleteAsync("/api/anything")).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/api/unknown")]
    [InlineData("/api/orders/not-a-number")]
    [InlineData("/other")]
    public async Task An_unknown_address_is_a_404_problem(string address)
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Orders>();

        await AssertProblemAsync(await host.Client.GetAsync(address), 404, "not_found");
    }

    [Fact]
    public async Task A_wrong_method_is_a_405_problem_that_names_the_right_ones()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Orders>();

        var answer = await host.Client.PutAsync("/api/orders/42", content: null);

        await AssertProblemAsync(answer, 405, "method_not_allowed");
        Assert.Equal(["DELETE", "GET"], answer.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task The_root_says_that_the_host_runs()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Orders>();

        Assert.Contains("running", await host.Client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_come_from_route_and_query_by_name()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Parameters>();
        var id = Guid.NewGuid();

        var answer = await host.Client.GetFromJsonAsync<string>($"/api/parameters/{id}/Grüße%20an?count=7&Day=Friday&name=not-this-one");

        Assert.Equal($"{id} Grüße an 7 Friday none 5", answer);
    }

    [Theory]
    [InlineData("?day=Friday")] // no count, which has neither a default nor null
    [InlineData("?count=many&day=Friday")]
    [InlineData("?count=1&day=Someday")]
    public async Task A_value_that_does_not_fit_its_parameter_fails_the_invocation(string query)
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Parameters>();

        await AssertProblemAsync(await host.Client.GetAsync($"/api/parameters/{Guid.NewGuid()}/x{query}"), 500, "internal_error");
    }

    [Fact]
    public async Task The_body_is_bound_as_json_text_or_bytes()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Bodies>();

        Assert.Equal("Ada 36", await PostAsync("person", """{"name":"Ada","age":36}"""));
        Assert.Equal("grüße", await PostAsync("text", "grüße"));
        Assert.Equal("7 7", await PostAsync("bytes", "grüße"));

        async Task<string?> PostAsync(string route, string body)
        {
            var answer = await host.Client.PostAsync($"/api/{route}", new StringContent(body, Encoding.UTF8, "application/json"));
            return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<string>();
        }
    }

    [Theory]
    [InlineData("result", 202, "\"accepted\"")]
    [InlineData("action-result", 409, "{\"reason\":\"taken\"}")]
    [InlineData("status-result", 418, "")]
    [InlineData("value-task", 200, "\"later\"")]
    [InlineData("text", 200, "")] // as with the real worker: only a result is a response
    [InlineData("object", 200, "")]
    [InlineData("null", 200, "")]
    [InlineData("nothing", 200, "")]
    [InlineData("by-hand", 201, "written")]
    [InlineData("static", 200, "\"static\"")]
    public async Task What_a_function_returns_becomes_the_answer(string route, int status, string body)
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Results>();

        var answer = await host.Client.GetAsync($"/api/{route}");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_exception_is_a_500_problem_that_keeps_its_text_and_is_logged_once()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Failures>();

        var answer = await host.Client.GetAsync("/api/throws");

        var body = await AssertProblemAsync(answer, 500, "internal_error");
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        var logged = Assert.Single(host.Logs.Errors);
        Assert.Equal("the secret", logged.Exception?.Message);
        Assert.Contains("Throws", logged.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_half_way_is_cut_off()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Failures>();

        await Assert.ThrowsAsync<HttpRequestException>(() => host.Client.GetAsync("/api/breaks"));
    }

    [Fact]
    public async Task A_body_above_100_MB_is_refused_before_it_is_sent()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Bodies>();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/text") { Content = new TooLarge() };
        request.Headers.ExpectContinue = true;
        // Otherwise the body is sent to whoever does not answer for a second.
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(3) }) { BaseAddress = host.Client.BaseAddress };

        await AssertProblemAsync(await patient.SendAsync(request), 413, "too_large");

        Assert.Empty(host.Logs.Errors);
    }

    [Fact]
    public async Task The_token_fires_when_the_client_goes_away()
    {
        var waits = new Waits();
        await using var host = await FunctionsHostUnderTest.StartAsync<Waiting>(builder => builder.Services.AddSingleton(waits));
        using var client = new CancellationTokenSource();

        var call = host.Client.GetAsync("/api/wait", client.Token);
        await Eventually.Of(waits.Started.Task);
        await client.CancelAsync();

        await Eventually.Of(waits.Cancelled.Task);
        await Assert.ThrowsAsync<TaskCanceledException>(() => call);
        Assert.Empty(host.Logs.Errors);
    }

    [Fact]
    public async Task Each_invocation_has_an_instance_and_services_of_its_own_which_are_disposed()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Scoped>(builder =>
        {
            builder.Services.AddScoped<Service>();
            builder.Services.AddSingleton<Disposals>();
        });

        Assert.Equal("same", await host.Client.GetFromJsonAsync<string>("/api/scoped"));
        Assert.Equal("same", await host.Client.GetFromJsonAsync<string>("/api/scoped"));

        var disposals = host.Host.Services.GetRequiredService<Disposals>();
        await Eventually.TrueAsync(() => disposals is { Functions: 2, Services: 2 }, "two of each are disposed");
    }

    [Fact]
    public async Task The_context_describes_the_invocation()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Describing>();

        using var description = JsonDocument.Parse(await host.Client.GetStringAsync("/api/describe/9"));
        var root = description.RootElement;

        Assert.Equal("Describe", root.GetProperty("name").GetString());
        Assert.Equal($"{typeof(Describing).FullName}.RunAsync", root.GetProperty("entryPoint").GetString());
        Assert.Equal("httpTrigger", root.GetProperty("trigger").GetString());
        Assert.True(Guid.TryParse(root.GetProperty("invocation").GetString(), out _));
        Assert.Equal("9", root.GetProperty("id").GetString());
        Assert.Equal("feature", root.GetProperty("feature").GetString());
    }

    internal static async Task<string> AssertProblemAsync(HttpResponseMessage answer, int status, string code)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(body);
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.All(["type", "title", "detail"], member => Assert.NotEqual("", problem.RootElement.GetProperty(member).GetString()));
        return body;
    }

    public sealed class Orders
    {
        [Function("GetOrder")]
        public IResult Get([HttpTrigger(AuthorizationLevel.Function, "get", Route = "orders/{id:int}")] HttpRequest request, int id) =>
            TypedResults.Ok($"order {id}");

        [Function("DeleteOrder")]
        public IResult Delete([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "orders/{id:int}")] HttpRequest request) => TypedResults.NoContent();

        [Function("Anything")]
        public IResult Anything([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => TypedResults.Ok(request.Method);
    }

    public sealed class Parameters
    {
        [Function("Parameters")]
        public Task<IResult> RunAsync(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "parameters/{id}/{name}")] HttpRequest request,
            Guid id, string name, int count, DayOfWeek day, Guid? missing, int fallback = 5) =>
            Task.FromResult<IResult>(TypedResults.Ok($"{id} {name} {count} {day} {missing?.ToString() ?? "none"} {fallback}"));
    }

    public sealed record Person(string Name, int Age);

    public sealed class Bodies
    {
        [Function("Person")]
        public IResult ReadPerson([HttpTrigger("post", Route = "person")] HttpRequest request, [FromBody] Person person) =>
            TypedResults.Ok($"{person.Name} {person.Age}");

        [Function("Text")]
        public IResult ReadText([HttpTrigger("post", Route = "text")] HttpRequest request, [FromBody] string text) => TypedResults.Ok(text);

        [Function("Bytes")]
        public IResult ReadBytes([HttpTrigger("post", Route = "bytes")] HttpRequest request, [FromBody] byte[] bytes) =>
            TypedResults.Ok($"{bytes.Length} {request.ContentLength}");
    }

    public sealed class Results
    {
        [Function("Result")]
        public IResult Result([HttpTrigger(Route = "result")] HttpRequest request) => TypedResults.Accepted("/somewhere", "accepted");

        [Function("ActionResult")]
        public async Task<IActionResult> ActionResultAsync([HttpTrigger(Route = "action-result")] HttpRequest request)
        {
            await Task.Yield();
            return new ConflictObjectResult(new { Reason = "taken" });
        }

        [Function("StatusResult")]
        public IActionResult StatusResult([HttpTrigger(Route = "status-result")] HttpRequest request) => new StatusCodeResult(418);

        [Function("ValueTask")]
        public async ValueTask<IResult> ValueTaskAsync([HttpTrigger(Route = "value-task")] HttpRequest request)
        {
            await Task.Yield();
            return TypedResults.Ok("later");
        }

        [Function("Text")]
        public string Text([HttpTrigger(Route = "text")] HttpRequest request) => "text";

        [Function("Object")]
        public Task<Person> ObjectAsync([HttpTrigger(Route = "object")] HttpRequest request) => Task.FromResult(new Person("Ada", 36));

        [Function("Null")]
        public IResult? Null([HttpTrigger(Route = "null")] HttpRequest request) => null;

        [Function("Nothing")]
        public void Nothing([HttpTrigger(Route = "nothing")] HttpRequest request)
        {
        }

        [Function("ByHand")]
        public async Task ByHandAsync([HttpTrigger(Route = "by-hand")] HttpRequest request)
        {
            request.HttpContext.Response.StatusCode = 201;
            await request.HttpContext.Response.WriteAsync("written");
        }

        [Function("Static")]
        public static IResult Static([HttpTrigger(Route = "static")] HttpRequest request) => TypedResults.Ok("static");
    }

    public sealed class Failures
    {
        [Function("Throws")]
        public IResult Throws([HttpTrigger(Route = "throws")] HttpRequest request) => throw new InvalidOperationException("the secret");

        [Function("Breaks")]
        public async Task BreaksAsync([HttpTrigger(Route = "breaks")] HttpRequest request)
        {
            request.HttpContext.Response.ContentLength = 100;
            await request.HttpContext.Response.WriteAsync("half");
            throw new InvalidOperationException("broken");
        }
    }

    public sealed class Waits
    {
        public TaskCompletionSource Started { get; } = new();

        public TaskCompletionSource Cancelled { get; } = new();
    }

    public sealed class Waiting(Waits waits)
    {
        [Function("Wait")]
        public async Task<IResult> WaitAsync([HttpTrigger("get")] HttpRequest request, CancellationToken cancellationToken)
        {
            waits.Started.SetResult();
            using var registration = cancellationToken.Register(waits.Cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return TypedResults.Ok();
        }
    }

    public sealed class Disposals
    {
        private int _functions;
        private int _services;

        public int Functions => _functions;

        public int Services => _services;

        public void AddFunction() => Interlocked.Increment(ref _functions);

        public void AddService() => Interlocked.Increment(ref _services);
    }

    public sealed class Service(Disposals disposals) : IDisposable
    {
        public void Dispose() => disposals.AddService();
    }

    public sealed class Scoped(Service service, Disposals disposals) : IAsyncDisposable
    {
        private bool _isUsed;

        [Function("Scoped")]
        public IResult Run([HttpTrigger] HttpRequest request, FunctionContext context)
        {
            var isNew = !_isUsed;
            _isUsed = true;
            return TypedResults.Ok(isNew && ReferenceEquals(service, context.InstanceServices.GetRequiredService<Service>()) ? "same" : "another");
        }

        public ValueTask DisposeAsync()
        {
            disposals.AddFunction();
            return ValueTask.CompletedTask;
        }
    }

    public sealed class Describing
    {
        [Function("Describe")]
        public IResult RunAsync([HttpTrigger(Route = "describe/{id}")] HttpRequest request, FunctionContext context)
        {
            context.Features.Set("feature");
            return TypedResults.Ok(new
            {
                name = context.FunctionDefinition.Name,
                entryPoint = context.FunctionDefinition.EntryPoint,
                trigger = context.FunctionDefinition.InputBindings["request"].Type,
                invocation = context.InvocationId,
                id = context.BindingContext.BindingData["ID"],
                feature = context.Features.Get<string>(),
            });
        }
    }

    private sealed class TooLarge : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new InvalidOperationException("The host asked for the body.");

        protected override bool TryComputeLength(out long length)
        {
            length = (100 * 1024 * 1024) + 1;
            return true;
        }
    }
}
