using System.Globalization;
using BenchmarkDotNet.Running;
using Serverless.Benchmarks.Calendar;
using Serverless.Benchmarks.Campaigns;
using Serverless.Benchmarks.Conversations;
using Serverless.Benchmarks.DurableTask;
using Serverless.Benchmarks.Messages;
using Serverless.Benchmarks.Running;

// dotnet run -c Release --project tests/Benchmarks -- messages | reports | campaign [sizes] | campaign-reports | threads | reminders | idle | durable | micro [BenchmarkDotNet's options]
// With --dry, each runs once and small, so that it cannot rot; such figures mean nothing and are not kept.
var dry = args.Contains("--dry");
switch (args.FirstOrDefault())
{
    case "messages":
        await MessagesBenchmark.RunAsync(dry);
        return 0;
    case "reports":
        await ReportsBenchmark.RunAsync(dry);
        return 0;
    case "campaign":
        await CampaignBenchmark.RunAsync([.. args.Skip(1).Where(arg => !arg.StartsWith('-')).Select(size => int.Parse(size, CultureInfo.InvariantCulture))], dry);
        return 0;
    case "campaign-reports":
        await CampaignReportsBenchmark.RunAsync(dry);
        return 0;
    case "threads":
        await ThreadsBenchmark.RunAsync(dry);
        return 0;
    case "reminders":
        await RemindersBenchmark.RunAsync(dry);
        return 0;
    case "idle":
        await IdleBenchmark.RunAsync(dry);
        return 0;
    case "durable":
        await DurableBenchmark.RunAsync(dry);
        return 0;
    case "micro":
        BenchmarkSwitcher.FromAssembly(typeof(MessagesBenchmark).Assembly).Run(dry ? ["--filter", "*", "--job", "Dry"] : args[1..]);
        return 0;
    case "--dry":
        await MessagesBenchmark.RunAsync(dry);
        await ReportsBenchmark.RunAsync(dry);
        await CampaignBenchmark.RunAsync([], dry);
        await CampaignReportsBenchmark.RunAsync(dry);
        await ThreadsBenchmark.RunAsync(dry);
        await RemindersBenchmark.RunAsync(dry);
        await IdleBenchmark.RunAsync(dry);
        await DurableBenchmark.RunAsync(dry);
        return 0;
    default:
        Console.Error.WriteLine("Which benchmark? One of messages, reports, campaign, campaign-reports, threads, reminders, idle, durable, micro; --dry for all of them, once and small.");
        return 1;
}
