using System.Globalization;
using Serverless.Local.Azurite;
using Serverless.Storage;

namespace Serverless.Local.Inspect;

/// <summary>The command <c>inspect</c>.</summary>
internal static class InspectCommand
{
    private const int DefaultAzuritePort = 10000;

    /// <returns>The exit code: 0 when the campaign was printed.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        if (Read(args) is not { } read)
        {
            await errors.WriteLineAsync(LauncherOptions.Usage);
            return 1;
        }
        try
        {
            if (await CampaignInspector.PrintAsync(read.ConnectionString, read.TablePrefix, read.Campaign, output, CancellationToken.None)) return 0;
            await errors.WriteLineAsync("There is no such campaign.");
        }
        catch (Exception e) when (StorageFaults.IsAway(e))
        {
            await errors.WriteLineAsync("Storage does not answer. Does the system run, and is its port another than the default?");
        }
        return 1;
    }

    private static (string Campaign, string ConnectionString, string TablePrefix)? Read(IReadOnlyList<string> args)
    {
        if (args.Count % 2 == 0) return null;
        var read = (Campaign: args[0], ConnectionString: OfPort(DefaultAzuritePort), TablePrefix: "");
        foreach (var option in args.Skip(1).Chunk(2))
        {
            switch (option)
            {
                case ["--azurite-port", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port):
                    read.ConnectionString = OfPort(port);
                    break;
                case ["--connection-string", var text]:
                    read.ConnectionString = text;
                    break;
                case ["--table-prefix", var text]:
                    read.TablePrefix = text;
                    break;
                default:
                    return null;
            }
        }
        return read;
    }

    private static string OfPort(int port) => AzuriteProcess.ConnectionStringOf(port, port + 1, port + 2);
}
