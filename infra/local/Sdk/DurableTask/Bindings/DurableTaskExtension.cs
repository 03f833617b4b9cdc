using System.Reflection;
using System.Text.Json;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Local.DurableTask;
using Serverless.Local.Functions;
using Serverless.Local.Tables;

[assembly: FunctionsExtension(typeof(DurableTaskExtension))]

namespace Serverless.Local.DurableTask;

/// <summary>Brings orchestrations, activities and the client to a Functions host.</summary>
internal sealed class DurableTaskExtension : IFunctionsExtension
{
    public void Configure(FunctionsApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<OrchestrationTriggerBinding>();
        services.AddSingleton<ActivityTriggerBinding>();
        services.AddSingleton<ITriggerBinding>(s => s.GetRequiredService<OrchestrationTriggerBinding>());
        services.AddSingleton<ITriggerBinding>(s => s.GetRequiredService<ActivityTriggerBinding>());
        services.AddSingleton<IInputBinding, DurableClientBinding>();
        services.AddSingleton(s => new PayloadConverter(s.GetService<IOptions<JsonSerializerOptions>>()?.Value));
        services.AddSingleton<IFunctionRunner, FunctionRunner>();
        services.AddSingleton(NewHub);
        services.AddSingleton<TaskHubClient>();
        services.AddHostedService<TaskHubService>();
        builder.Use(OrchestrationMiddleware.Wrap);
    }

    private static TaskHub NewHub(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var connection = HostJson.StorageConnectionString(configuration)
            ?? throw new InvalidOperationException("The app has orchestrations, which need the setting AzureWebJobsStorage.");
        var options = new TableClientOptions();
        if (services.GetService<HttpPipelineTransport>() is { } transport)
        {
            // A transport of a test's own: its faults are for the engine to heal, and not to be smoothed over before it sees them.
            options.Transport = transport;
            options.Retry.MaxRetries = 0;
        }

        return new(
            new TableServiceClient(connection, options),
            HubSettings.From(HostJson.Extension(configuration, "durableTask")),
            services.GetRequiredService<IFunctionRunner>(),
            services.GetRequiredService<PayloadConverter>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>());
    }
}

/// <summary>Carries the hub while the host runs, where the app has anything durable.</summary>
internal sealed class TaskHubService(IServiceProvider services, OrchestrationTriggerBinding orchestrations, HostLifetime lifetime) : IHostedService
{
    private TaskHub? _hub;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // An app that only references this assembly needs no storage for it.
        if (!orchestrations.HasFunctions) return Task.CompletedTask;
        _hub = services.GetRequiredService<TaskHub>();
        _hub.Start(lifetime.OutOfTime);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _hub?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}

/// <summary>Keeps what the middleware around an orchestrator does apart from what the orchestrator awaits.</summary>
internal static class OrchestrationMiddleware
{
    /// <summary>
    /// The outermost middleware. An orchestrator that waits has not ended: the invocation does, with the code left where it is, as it
    /// does in the real worker.
    /// </summary>
    public static FunctionExecutionDelegate Wrap(FunctionExecutionDelegate next) => context =>
    {
        if (FunctionInvocationContext.Of(context) is not { TriggerValue: OrchestrationSession session } invocation) return next(context);
        session.Begin(async () =>
        {
            await next(context);
            return invocation.Result;
        });
        return Task.CompletedTask;
    };
}

/// <summary>Functions that are orchestrators.</summary>
internal sealed class OrchestrationTriggerBinding : ITriggerBinding
{
    private readonly Dictionary<string, FunctionDescriptor> _functions = new(StringComparer.OrdinalIgnoreCase);

    public Type AttributeType => typeof(OrchestrationTriggerAttribute);

    public string Type => "orchestrationTrigger";

    public bool HasFunctions => _functions.Count > 0;

    public FunctionDescriptor? Find(string name) => _functions.GetValueOrDefault(name);

    public ParameterBinder Register(FunctionDescriptor function)
    {
        if (function.TriggerParameter.ParameterType != typeof(TaskOrchestrationContext))
        {
            throw new FunctionIndexingException(
                $"Function '{function.Name}': an orchestration trigger's parameter is a TaskOrchestrationContext, not a {function.TriggerParameter.ParameterType.Name}.");
        }

        var name = ((OrchestrationTriggerAttribute)function.Trigger).Orchestration ?? function.Name;
        if (!_functions.TryAdd(name, function)) throw new FunctionIndexingException($"Function '{function.Name}': there is another orchestrator called '{name}'.");
        return static context => new(((OrchestrationSession)context.TriggerValue!).Context);
    }

    /// <summary>The input, for a parameter that asks for nothing else.</summary>
    public ParameterBinder? BindOther(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        return context => new(((OrchestrationSession)context.TriggerValue!).Context.GetInput(type));
    }
}

/// <summary>Functions that are activities.</summary>
internal sealed class ActivityTriggerBinding(PayloadConverter converter) : ITriggerBinding
{
    private readonly Dictionary<string, FunctionDescriptor> _functions = new(StringComparer.OrdinalIgnoreCase);

    public Type AttributeType => typeof(ActivityTriggerAttribute);

    public string Type => "activityTrigger";

    public FunctionDescriptor? Find(string name) => _functions.GetValueOrDefault(name);

    public ParameterBinder Register(FunctionDescriptor function)
    {
        var name = ((ActivityTriggerAttribute)function.Trigger).Activity ?? function.Name;
        if (!_functions.TryAdd(name, function)) throw new FunctionIndexingException($"Function '{function.Name}': there is another activity called '{name}'.");
        var type = function.TriggerParameter.ParameterType;
        return context => new(converter.Deserialize((string?)context.TriggerValue, type));
    }
}

/// <summary>Fills parameters marked [DurableClient].</summary>
internal sealed class DurableClientBinding(IServiceProvider services) : IInputBinding
{
    public Type AttributeType => typeof(DurableClientAttribute);

    public string Type => "durableClient";

    public ParameterBinder Bind(ParameterInfo parameter, InputBindingAttribute attribute)
    {
        if (parameter.ParameterType != typeof(DurableTaskClient)) throw new FunctionIndexingException($"[DurableClient] is for a DurableTaskClient, not for a {parameter.ParameterType.Name}.");
        return _ => new(services.GetRequiredService<TaskHubClient>());
    }
}

/// <summary>Runs the app's orchestrators and activities through the host's middleware.</summary>
internal sealed class FunctionRunner(FunctionExecutor executor, OrchestrationTriggerBinding orchestrations, ActivityTriggerBinding activities) : IFunctionRunner
{
    public bool HasOrchestrator(string name) => orchestrations.Find(name) is not null;

    public void StartOrchestrator(string name, OrchestrationSession session)
    {
        var function = orchestrations.Find(name) ?? throw new FunctionNotFoundException("orchestrator", name);
        executor.InvokeAsync(function, session, CancellationToken.None).GetAwaiter().GetResult();
    }

    public async Task<object?> RunActivityAsync(string name, string? input, CancellationToken cancellationToken)
    {
        var function = activities.Find(name) ?? throw new FunctionNotFoundException("activity", name);
        return await executor.InvokeAsync(function, input, cancellationToken);
    }
}
