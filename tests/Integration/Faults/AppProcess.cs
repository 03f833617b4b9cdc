using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Due;
using Serverless.Http;
using Serverless.Local.Tables;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Tests.Integration.Faults;

/// <summary>
/// The app's services, put together as the app does, in memory of their own: what one process of the app is to storage and to the
/// carrier. Its functions are called without a host in between.
/// </summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ProcessLife _life = new();

    private AppProcess(IEnumerable<KeyValuePair<string, string?>> settings, TimeProvider time, FaultInjector? injector, Action<IServiceCollection>? replace)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddSingleton(time).AddLogging();
        if (injector is not null)
        {
            services.AddSingleton(new StorageTransport(injector.Transport(FaultTarget.Storage, _life)));
            services.AddSingleton(new CarrierTransport(injector.Transport(FaultTarget.Carrier, _life)));
        }
        services.AddStorage().AddDue().AddContacts().AddConversations().AddSettings().AddMessages().AddDelivery().AddCampaigns().AddCalendar().AddHttpApi().AddCampaignOrchestrations();
        services.AddSingleton<ICampaignWaker>(Waker);
        replace?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    /// <summary>In the place of the engine's client.</summary>
    public RecordingWaker Waker { get; } = new();

    public bool IsDead => _life.Dead;

    public MessageTable Messages => Get<MessageTable>();

    public MessageLogTable Log => Get<MessageLogTable>();

    public MessageSender Sender => Get<MessageSender>();

    public MessageDispatcher Dispatcher => Get<MessageDispatcher>();

    public DueTable Due => Get<DueTable>();

    public UnmatchedReportTable Unmatched => Get<UnmatchedReportTable>();

    public ReportIntake Reports => Get<ReportIntake>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>What the timer does.</summary>
    public Task DispatchAsync() => Get<DueDispatcher>().DispatchAsync(default);

    /// <summary>What Event Grid's push does.</summary>
    public Task ApplyAsync(params IReadOnlyList<string> events) => Reports.ApplyAsync(events, default);

    public Task<ApiAnswer> PostAsync(object body, string? key) =>
        CallAsync(request => ActivatorUtilities.CreateInstance<SendMessageFunction>(_services).RunAsync(request, default), JsonSerializer.Serialize(body), key);

    public Task<ApiAnswer> GetAsync(string id) => CallAsync(request => Functions().GetAsync(request, id, default));

    public Task<ApiAnswer> ResendAsync(string id) => CallAsync(request => Functions().ResendAsync(request, id, default));

    public Task<ApiAnswer> CancelAsync(string id) => CallAsync(request => Functions().CancelAsync(request, id, default));

    /// <param name="settings">Its settings.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="injector">What comes between it and what it calls.</param>
    /// <param name="replace">Puts something of the test's in the place of one of its services.</param>
    public static AppProcess Start(
        IEnumerable<KeyValuePair<string, string?>> settings, TimeProvider time, FaultInjector? injector = null, Action<IServiceCollection>? replace = null) => new(settings, time, injector, replace);

    /// <summary>Leaves no tables behind: each costs Azurite time in every later call.</summary>
    public async Task DropTablesAsync()
    {
        var service = Get<TableServiceClient>();
        var prefix = Get<IOptions<StorageOptions>>().Value.TablePrefix;
        await foreach (var table in service.QueryAsync(TableServiceClient.CreateQueryFilter($"TableName ge {prefix} and TableName lt {prefix + "~"}")))
        {
            await service.DeleteTableAsync(table.Name);
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private MessageFunctions Functions() => ActivatorUtilities.CreateInstance<MessageFunctions>(_services);

    private async Task<ApiAnswer> CallAsync(Func<HttpRequest, Task<IResult>> function, string? body = null, string? key = null)
    {
        using var sent = new MemoryStream(Encoding.UTF8.GetBytes(body ?? ""));
        using var answered = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = _services, Request = { Body = sent }, Response = { Body = answered } };
        if (key is not null) context.Request.Headers["Idempotency-Key"] = key;
        await (await AnswerAsync(function, context.Request)).ExecuteAsync(context);
        return new ApiAnswer(context.Response.StatusCode, JsonSerializer.Deserialize<JsonElement>(answered.ToArray()));
    }

    /// <summary>As the app's middleware does.</summary>
    private static async Task<IResult> AnswerAsync(Func<HttpRequest, Task<IResult>> function, HttpRequest request)
    {
        try
        {
            return await function(request);
        }
        catch (ProblemException e)
        {
            return e.Problem;
        }
        catch (Exception e) when (StorageFaults.IsAway(e))
        {
            return Problems.StorageAway();
        }
    }
}

/// <summary>Notes which campaigns are woken.</summary>
internal sealed class RecordingWaker : ICampaignWaker
{
    private int _wakes;

    public int Wakes => _wakes;

    public Task WakeAsync(CampaignId id, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _wakes);
        return Task.CompletedTask;
    }
}

/// <summary>What a caller gets.</summary>
internal sealed record ApiAnswer(int Status, JsonElement Body)
{
    public string Id => Body.GetProperty("id").GetString()!;

    public MessageStatus MessageStatus => Enum.Parse<MessageStatus>(Body.GetProperty("status").GetString()!);

    public int Attempts => Body.GetProperty("attempts").GetArrayLength();
}
