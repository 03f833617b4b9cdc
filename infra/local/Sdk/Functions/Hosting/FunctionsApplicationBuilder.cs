using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Serverless.Local.Functions;

/// <summary>
/// Puts an app together: services, settings, middleware. The host built from it is host and worker in one process, on Kestrel, at
/// ASPNETCORE_URLS or else http://localhost:7071.
/// </summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private const string DefaultUrl = "http://localhost:7071";
    private const long LargestBody = 100 * 1024 * 1024; // as the real host

    private readonly WebApplicationBuilder _web;
    private readonly FunctionSource _source;
    private readonly FunctionPipeline _pipeline = new();

    internal FunctionsApplicationBuilder(string[] args, FunctionSource source)
    {
        _source = source;
        _web = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = System.Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT"),
        });
        HostJson.Load(_web.Configuration, _web.Environment.ContentRootPath);
        HostJson.AddFilters(_web.Logging, _web.Configuration);
        _web.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        foreach (var extension in source.Extensions) extension.Configure(this);
    }

    /// <inheritdoc/>
    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    /// <summary>Includes host.json (under AzureFunctionsJobHost) and local.settings.json beside the app; the environment wins over both.</summary>
    public ConfigurationManager Configuration => _web.Configuration;

    /// <inheritdoc/>
    public IHostEnvironment Environment => _web.Environment;

    /// <summary>Filtered by <c>logging.logLevel</c> of host.json.</summary>
    public ILoggingBuilder Logging => _web.Logging;

    /// <inheritdoc/>
    public IMetricsBuilder Metrics => _web.Metrics;

    /// <inheritdoc cref="IHostApplicationBuilder.Services"/>
    public IServiceCollection Services => _web.Services;

    IConfigurationManager IHostApplicationBuilder.Configuration => _web.Configuration;

    internal bool HasWebApplication { get; set; }

    /// <summary>How long running invocations have after a stop was asked for.</summary>
    internal TimeSpan TimeForRunning { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long they have after that to come to an end and be answered.</summary>
    internal TimeSpan TimeToUnwind { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);

    /// <inheritdoc/>
    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        _pipeline.Add(middleware);
        return this;
    }

    /// <summary>Finds and binds the functions, and maps their routes. Call it once.</summary>
    /// <exception cref="InvalidOperationException">A function cannot be run as it is written or configured: the message names each, and why.</exception>
    public IHost Build()
    {
        AddHost();
        var app = _web.Build();
        try
        {
            _pipeline.Compose();
            Map(app);
        }
        catch
        {
            ((IDisposable)app).Dispose();
            throw;
        }

        return app;
    }

    private void AddHost()
    {
        if (_web.Configuration[WebHostDefaults.ServerUrlsKey] is null) _web.WebHost.UseUrls(DefaultUrl);
        Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeForRunning + TimeToUnwind);
        Services.AddRouting();
        Services.TryAddSingleton(TimeProvider.System);
        Services.AddSingleton(_pipeline);
        Services.AddSingleton<FunctionExecutor>();
        Services.AddSingleton(services => new HostLifetime(services.GetRequiredService<IHostApplicationLifetime>(), TimeForRunning));
        Services.AddSingleton(services => new FunctionIndex(_source, services.GetServices<ITriggerBinding>(), services.GetServices<IInputBinding>()));
        Services.AddSingleton<FunctionKeys>();
        Services.AddSingleton<HttpFunctionEndpoints>();
        Services.AddSingleton<EventGridWebhook>();
        Services.AddHostedService<StartupReport>();
        Services.AddHostedService<TimerService>();
        if (HostJson.StorageConnectionString(Configuration) is { } storage) Services.TryAddSingleton<ITimerStatusStore>(_ => new TimerStatusTable(storage));
        AddTrigger<HttpTriggerBinding>();
        AddTrigger<EventGridTriggerBinding>();
        AddTrigger<TimerTriggerBinding>();
    }

    private void AddTrigger<T>()
        where T : class, ITriggerBinding
    {
        Services.AddSingleton<T>();
        Services.AddSingleton<ITriggerBinding>(services => services.GetRequiredService<T>());
    }

    private void Map(WebApplication app)
    {
        var functions = app.Services.GetRequiredService<FunctionIndex>().Functions;
        if (!HasWebApplication && functions.FirstOrDefault(f => f.Trigger is HttpTriggerAttribute) is { } http)
        {
            throw new FunctionIndexingException($"Function '{http.Name}' has an HTTP trigger, which needs ConfigureFunctionsWebApplication.");
        }

        app.UseRouting();
        UnmatchedRequests.Use(app);
        app.MapGet("/", static context => context.Response.WriteAsync("The Functions host is running."));
        app.Services.GetRequiredService<HttpFunctionEndpoints>().Map(app);
        app.Services.GetRequiredService<EventGridWebhook>().Map(app);
    }
}
