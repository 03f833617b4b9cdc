using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Serverless.Local;

/// <summary>What the command line asks for. A port of 0 stands for a free one.</summary>
internal sealed record LauncherOptions
{
    public const string Usage = """
        Usage: dotnet run --project infra/local -- [options]
          --functions-port <port>  the Function App (default 7071)
          --carrier-port <port>    the simulated carrier (default 7080)
          --azurite-port <port>    Azurite: blob; queue and table are the next two (default 10000)
          --data <folder>          where data are kept (default: .local at the root of the repository)
          --in-memory              keep no data
          --apps <count>           processes of the Function App on the same storage (default 1); all but the first listen on free ports
          --settings <file>        settings of the Function App (default: local.settings.json at the root of the repository)
          --demo                   run a campaign to some 500 numbers of every kind and show it; then stay up
          --exit                   with --demo: stop everything after it
          --control                take the commands stop-app and start-app from standard input, and stop at its end
        A port of 0 stands for a free one.

               dotnet run --project infra/local -- inspect <campaign> [--azurite-port <port>] [--connection-string <text>] [--table-prefix <text>]
        prints a campaign's heads, batches and journal, as they are stored; numbers are masked.
        """;

    private const int MostApps = 8;

    public static readonly string RepositoryRoot = typeof(LauncherOptions).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "RepositoryRoot").Value!;

    public int FunctionsPort { get; private init; } = 7071;

    public int CarrierPort { get; private init; } = 7080;

    /// <summary>Processes of the Function App.</summary>
    public int Apps { get; private init; } = 1;

    public int AzuritePort { get; private init; } = 10000;

    /// <summary><see langword="null"/> when all is kept in memory.</summary>
    public string? DataFolder { get; private init; } = Path.Combine(RepositoryRoot, ".local");

    public string SettingsFile { get; private init; } = Path.Combine(RepositoryRoot, "local.settings.json");

    /// <summary>Only a file that was asked for has to exist.</summary>
    public bool SettingsFileRequired { get; private init; }

    public bool Control { get; private init; }

    public bool Demo { get; private init; }

    /// <summary>Whether everything stops after the demo.</summary>
    public bool Exit { get; private init; }

    public static bool TryParse(IReadOnlyList<string> args, [NotNullWhen(true)] out LauncherOptions? options, [NotNullWhen(false)] out string? error)
    {
        (options, error) = (null, null);
        var read = new LauncherOptions();
        for (var i = 0; i < args.Count && error is null; i++)
        {
            if (TrySwitch(args[i], read) is { } switched)
            {
                read = switched;
            }
            else if (!Valued.TryGetValue(args[i], out var apply))
            {
                error = $"Unknown option: {args[i]}";
            }
            else if (++i == args.Count)
            {
                error = $"{args[i - 1]} needs a value.";
            }
            else
            {
                (read, error) = apply(read, args[i]);
            }
        }
        error ??= Clash(read) ?? (read is { Exit: true, Demo: false } ? "--exit needs --demo." : null);
        if (error is null) options = read;
        return options is not null;
    }

    private static readonly Dictionary<string, Func<LauncherOptions, string, (LauncherOptions, string?)>> Valued = new()
    {
        ["--functions-port"] = (options, value) => Port("--functions-port", value, 65535, port => options with { FunctionsPort = port }),
        ["--carrier-port"] = (options, value) => Port("--carrier-port", value, 65535, port => options with { CarrierPort = port }),
        ["--azurite-port"] = (options, value) => Port("--azurite-port", value, 65533, port => options with { AzuritePort = port }),
        ["--apps"] = (options, value) => Count(options, value),
        ["--data"] = (options, value) => (options with { DataFolder = Path.GetFullPath(value) }, null),
        ["--settings"] = (options, value) => (options with { SettingsFile = Path.GetFullPath(value), SettingsFileRequired = true }, null),
    };

    private static LauncherOptions? TrySwitch(string arg, LauncherOptions options) => arg switch
    {
        "--in-memory" => options with { DataFolder = null },
        "--control" => options with { Control = true },
        "--demo" => options with { Demo = true },
        "--exit" => options with { Exit = true },
        _ => null,
    };

    private static (LauncherOptions, string?) Count(LauncherOptions options, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostApps
            ? (options with { Apps = count }, null)
            : (options, $"--apps must be a number from 1 to {MostApps}, not {value}");

    private static (LauncherOptions, string?) Port(string name, string value, int highest, Func<int, LauncherOptions> apply) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= highest
            ? (apply(port), null)
            : (new LauncherOptions(), $"{name} must be a port from 0 to {highest}, not {value}");

    private static string? Clash(LauncherOptions options)
    {
        var azurite = options.AzuritePort;
        int[] ports = [options.FunctionsPort, options.CarrierPort, azurite, azurite == 0 ? 0 : azurite + 1, azurite == 0 ? 0 : azurite + 2];
        var twice = ports.Where(port => port != 0).GroupBy(port => port).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? null : $"Port {twice.Key} is asked for twice.";
    }
}
