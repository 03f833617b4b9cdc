using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serverless.Benchmarks.Running;
using Serverless.Local.Azurite;
using Serverless.Local.DurableTask;
using Serverless.Local.Functions;
using Serverless.Local.Tables;

namespace Serverless.Benchmarks.DurableTask;

/// <summary>
/// The Durable engine on Azurite, beside what storage alone takes: the same number of rows inserted, 100 a transaction, and one a
/// transaction where one thing waits for the other. Unit: per second.
/// </summary>
internal static class DurableBenchmark
{
    private const double Published = 100;
    private const double PublishedSequential = 5;
    private const double PublishedEvents = 50;

    public static async Task RunAsync(bool dry)
    {
        await using var azurite = await AzuriteProcess.StartAsync(new AzuriteOptions());
        var (few, many, single) = dry ? (20, 40, 10) : (1_000, 10_000, 500);
        var grouped = await FloorAsync(azurite.ConnectionString, many, perTransaction: 100);
        var alone = await FloorAsync(azurite.ConnectionString, single, perTransaction: 1);
        await using var app = await App.StartAsync(azurite.ConnectionString);
        await app.MeasureAsync(nameof(Functions.FanOut), few); // code that runs for the first time is not what is measured
        await app.MeasureAsync(nameof(Functions.Sequence), Math.Min(50, single));
        var rows = new List<(string What, int Count, double PerSecond, double Floor, double? Microsoft)>
        {
            ("activities, fan-out of " + Results.Number(few), few, await BestAsync(dry, () => app.MeasureAsync(nameof(Functions.FanOut), few)), grouped, Published),
            ("activities, fan-out of " + Results.Number(many), many, await BestAsync(dry, () => app.MeasureAsync(nameof(Functions.FanOut), many)), grouped, Published),
            ("activities, one after the other", single, await BestAsync(dry, () => app.MeasureAsync(nameof(Functions.Sequence), single)), alone, PublishedSequential),
            ("timers, one orchestration", few, await BestAsync(dry, () => app.MeasureAsync(nameof(Functions.Timers), few)), grouped, null),
            ("timers, an orchestration each", few, await BestAsync(dry, () => app.MeasureManyAsync(nameof(Functions.Timers), few)), grouped, null),
            ("events to one orchestration, 32 callers", few, await BestAsync(dry, () => app.MeasureEventsAsync(few)), alone, PublishedEvents),
            ("sub-orchestrations of one activity", few, await BestAsync(dry, () => app.MeasureAsync(nameof(Functions.Children), few)), grouped, null),
            ("orchestrations of one activity", few, await BestAsync(dry, () => app.MeasureManyAsync(nameof(Functions.FanOut), few)), grouped, null),
        };
        await Results.KeepAsync("durable", dry,
        [
            "# Durable engine on Azurite",
            "",
            $"{Environment.ProcessorCount} cores, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}. Azurite in memory, in a process of its own; the app's host and the measuring code in another. Best of three.",
            $"The floor is storage alone, in the same run: rows inserted 100 a transaction ({Results.Number(grouped)} a second) where the work can be written together, one a transaction ({Results.Number(alone)} a second) where each waits for the one before.",
            "The last column is what Microsoft publishes as the target of its storage backend.",
            "",
            "| what | count | per second | of the floor | published |",
            "|---|---|---|---|---|",
            .. rows.Select(r => $"| {r.What} | {Results.Number(r.Count)} | {Results.Number(r.PerSecond)} | {Results.Ratio(r.PerSecond / r.Floor)} | {(r.Microsoft is { } published ? Results.Number(published) : "")} |"),
            "",
            $"Ten times the fan-out takes {Results.Ratio(rows[1].Count / rows[1].PerSecond / (rows[0].Count / rows[0].PerSecond))} times as long.",
        ]);
    }

    private static async Task<double> BestAsync(bool dry, Func<Task<double>> measure)
    {
        var best = 0.0;
        for (var i = 0; i < (dry ? 1 : 3); i++) best = Math.Max(best, await measure());
        return best;
    }

    private static async Task<double> FloorAsync(string connection, int count, int perTransaction)
    {
        var table = new TableServiceClient(connection).GetTableClient($"floor{perTransaction}");
        await table.CreateIfNotExistsAsync();
        var clock = Stopwatch.StartNew();
        foreach (var keys in Enumerable.Range(0, count).Chunk(perTransaction))
        {
            await table.SubmitTransactionAsync(keys.Select(k => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("p", $"{k:D8}") { ["Kind"] = "step", ["Data"] = new string('x', 200) })));
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    /// <summary>A Functions host in this process.</summary>
    private sealed class App(IHost host, DurableTaskClient client) : IAsyncDisposable
    {
        public static async Task<App> StartAsync(string connection)
        {
            var builder = FunctionsApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"], FunctionSource.FromClasses([typeof(Functions)], [new DurableTaskExtension()]));
            builder.Logging.ClearProviders();
            builder.Configuration["AzureWebJobsStorage"] = connection;
            builder.Configuration["AzureFunctionsJobHost:extensions:durableTask:hubName"] = "Benchmark";
            var host = builder.Build();
            await host.StartAsync();
            return new(host, host.Services.GetRequiredService<TaskHubClient>());
        }

        /// <summary>One orchestration that does it all.</summary>
        public async Task<double> MeasureAsync(string name, int count)
        {
            var clock = Stopwatch.StartNew();
            await EndAsync(await client.ScheduleNewOrchestrationInstanceAsync(name, count));
            return count / clock.Elapsed.TotalSeconds;
        }

        /// <summary>As many orchestrations, each doing it once.</summary>
        public async Task<double> MeasureManyAsync(string name, int count)
        {
            var clock = Stopwatch.StartNew();
            await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (_, cancellation) => await EndAsync(await client.ScheduleNewOrchestrationInstanceAsync(name, 1, cancellation)));
            return count / clock.Elapsed.TotalSeconds;
        }

        public async Task<double> MeasureEventsAsync(int count)
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Functions.Events), count);
            await client.WaitForInstanceStartAsync(id);
            var clock = Stopwatch.StartNew();
            await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancellation) => await client.RaiseEventAsync(id, "number", i, cancellation));
            await EndAsync(id);
            return count / clock.Elapsed.TotalSeconds;
        }

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }

        private async Task EndAsync(string id)
        {
            var ended = await client.WaitForInstanceCompletionAsync(id);
            if (ended.RuntimeStatus != OrchestrationRuntimeStatus.Completed) throw new InvalidOperationException($"{ended}: {ended.FailureDetails}");
        }
    }

    private static class Functions
    {
        [Function(nameof(FanOut))]
        public static Task<int[]> FanOut([OrchestrationTrigger] TaskOrchestrationContext context, int count) =>
            Task.WhenAll(Enumerable.Range(0, count).Select(i => context.CallActivityAsync<int>(nameof(Twice), i)));

        [Function(nameof(Sequence))]
        public static async Task Sequence([OrchestrationTrigger] TaskOrchestrationContext context, int count)
        {
            for (var i = 0; i < count; i++) await context.CallActivityAsync<int>(nameof(Twice), i);
        }

        [Function(nameof(Timers))]
        public static Task Timers([OrchestrationTrigger] TaskOrchestrationContext context, int count) =>
            Task.WhenAll(Enumerable.Range(0, count).Select(_ => context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None)));

        [Function(nameof(Events))]
        public static async Task Events([OrchestrationTrigger] TaskOrchestrationContext context, int count)
        {
            for (var i = 0; i < count; i++) await context.WaitForExternalEvent<int>("number");
        }

        [Function(nameof(Children))]
        public static Task Children([OrchestrationTrigger] TaskOrchestrationContext context, int count) =>
            Task.WhenAll(Enumerable.Range(0, count).Select(_ => context.CallSubOrchestratorAsync(nameof(FanOut), 1)));

        [Function(nameof(Twice))]
        public static int Twice([ActivityTrigger] int number) => number * 2;
    }
}
