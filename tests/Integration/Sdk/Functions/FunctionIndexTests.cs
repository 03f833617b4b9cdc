using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.Functions;

public sealed class FunctionIndexTests
{
    [Theory]
    [InlineData(typeof(Duplicates), "'Twice'", "Two functions")]
    [InlineData(typeof(NoTrigger), "'Untriggered'", "has 0")]
    [InlineData(typeof(TwoTriggers), "'Torn'", "has 2")]
    [InlineData(typeof(BadName), "'1 more'", "not a function name")]
    [InlineData(typeof(UnknownTrigger), "'Foreign'", "ForeignTriggerAttribute")]
    [InlineData(typeof(UnknownInput), "'Fed'", "ForeignInputAttribute")]
    [InlineData(typeof(UnknownParameter), "'Stuffed'", "'stranger'")]
    [InlineData(typeof(WrongHttpParameter), "'Bodied'", "HttpRequest")]
    [InlineData(typeof(SameRoute), "'Second'", "/api/Same")]
    [InlineData(typeof(BadRoute), "'Braced'", "incomplete parameter")]
    [InlineData(typeof(BadSchedule), "'Unscheduled'", "every now and then")]
    [InlineData(typeof(MissingSetting), "'Unset'", "'Missing:Schedule'")]
    [InlineData(typeof(WrongTimerParameter), "'Timed'", "TimerInfo")]
    [InlineData(typeof(WrongEventParameter), "'Single'", "IsBatched")]
    [InlineData(typeof(WrongBatchParameter), "'Batch'", "String[]")]
    public void The_host_does_not_start_and_says_which_function_is_wrong_and_why(Type functions, string name, string reason)
    {
        var refusal = Assert.Throws<FunctionIndexingException>(() => FunctionsHostUnderTest.Build([functions]));

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var refusal = Assert.Throws<FunctionIndexingException>(() => FunctionsHostUnderTest.Build([typeof(Duplicates), typeof(NoTrigger), typeof(BadSchedule)]));

        Assert.All(["'Twice'", "'Untriggered'", "'Unscheduled'"], name => Assert.Contains(name, refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_app_with_HTTP_functions_must_configure_the_web_application()
    {
        var builder = FunctionsApplication.CreateBuilder([], FunctionSource.FromClasses([typeof(HttpFunctionsTests.Orders)], extensions: []));

        Assert.Contains("ConfigureFunctionsWebApplication", Assert.Throws<FunctionIndexingException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extension_brings_triggers_and_inputs()
    {
        var extension = new ForeignExtension();
        var builder = FunctionsApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"], FunctionSource.FromClasses([typeof(ForeignFunctions)], [extension]));
        using var host = builder.Build();
        await host.StartAsync();

        var result = await host.Services.GetRequiredService<FunctionExecutor>().InvokeAsync(extension.Trigger.Function!, "a value", CancellationToken.None);

        Assert.Equal("a value and an input", result);
        Assert.Equal("foreignTrigger", extension.Trigger.Function!.InputBindings["value"].Type);
        Assert.Equal("foreignInput", extension.Trigger.Function!.InputBindings["input"].Type);
        await host.StopAsync();
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class ForeignTriggerAttribute : TriggerBindingAttribute;

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class ForeignInputAttribute : InputBindingAttribute;

    public sealed class ForeignFunctions
    {
        [Function("Foreign")]
        public static string Run([ForeignTrigger] string value, [ForeignInput] string input) => $"{value} and {input}";
    }

    public static class Duplicates
    {
        [Function("Twice")]
        public static void First([TimerTrigger("0 * * * *")] TimerInfo timer)
        {
        }

        [Function("TWICE")]
        public static void Second([TimerTrigger("0 * * * *")] TimerInfo timer)
        {
        }
    }

    public static class NoTrigger
    {
        [Function("Untriggered")]
        public static void Run(HttpRequest request)
        {
        }
    }

    public static class TwoTriggers
    {
        [Function("Torn")]
        public static void Run([HttpTrigger] HttpRequest request, [TimerTrigger("0 * * * *")] TimerInfo timer)
        {
        }
    }

    public static class BadName
    {
        [Function("1 more")]
        public static void Run([HttpTrigger] HttpRequest request)
        {
        }
    }

    public static class UnknownTrigger
    {
        [Function("Foreign")]
        public static void Run([ForeignTrigger] string value)
        {
        }
    }

    public static class UnknownInput
    {
        [Function("Fed")]
        public static void Run([HttpTrigger] HttpRequest request, [ForeignInput] string value)
        {
        }
    }

    public static class UnknownParameter
    {
        [Function("Stuffed")]
        public static void Run([HttpTrigger] HttpRequest request, Uri stranger)
        {
        }
    }

    public static class WrongHttpParameter
    {
        [Function("Bodied")]
        public static void Run([HttpTrigger] string body)
        {
        }
    }

    public static class SameRoute
    {
        [Function("First")]
        public static void First([HttpTrigger("get", Route = "same")] HttpRequest request)
        {
        }

        [Function("Second")]
        public static void Second([HttpTrigger("get", "post", Route = "Same")] HttpRequest request)
        {
        }
    }

    public static class BadRoute
    {
        [Function("Braced")]
        public static void Run([HttpTrigger(Route = "orders/{id")] HttpRequest request)
        {
        }
    }

    public static class BadSchedule
    {
        [Function("Unscheduled")]
        public static void Run([TimerTrigger("every now and then")] TimerInfo timer)
        {
        }
    }

    public static class MissingSetting
    {
        [Function("Unset")]
        public static void Run([TimerTrigger("%Missing:Schedule%")] TimerInfo timer)
        {
        }
    }

    public static class WrongTimerParameter
    {
        [Function("Timed")]
        public static void Run([TimerTrigger("0 * * * *")] string timer)
        {
        }
    }

    public static class WrongEventParameter
    {
        [Function("Single")]
        public static void Run([EventGridTrigger] string[] events)
        {
        }
    }

    public static class WrongBatchParameter
    {
        [Function("Batch")]
        public static void Run([EventGridTrigger(IsBatched = true)] string events)
        {
        }
    }

    private sealed class ForeignExtension : IFunctionsExtension
    {
        public ForeignTrigger Trigger { get; } = new();

        public void Configure(FunctionsApplicationBuilder builder)
        {
            builder.Services.AddSingleton<ITriggerBinding>(Trigger);
            builder.Services.AddSingleton<IInputBinding>(new ForeignInput());
        }
    }

    private sealed class ForeignTrigger : ITriggerBinding
    {
        public FunctionDescriptor? Function { get; private set; }

        public Type AttributeType => typeof(ForeignTriggerAttribute);

        public string Type => "foreignTrigger";

        public ParameterBinder Register(FunctionDescriptor function)
        {
            Function = function;
            return static context => new(context.TriggerValue);
        }
    }

    private sealed class ForeignInput : IInputBinding
    {
        public Type AttributeType => typeof(ForeignInputAttribute);

        public string Type => "foreignInput";

        public ParameterBinder Bind(System.Reflection.ParameterInfo parameter, InputBindingAttribute attribute) => static _ => new("an input");
    }
}
