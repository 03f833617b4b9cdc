using System.Globalization;
using System.Runtime.InteropServices;
using Serverless.Local.Carrier;

if (!CommandLine.TryParse(args, out var options, out var message))
{
    Console.Error.WriteLine(message);
    return 1;
}
try
{
    await using var carrier = await CarrierServer.StartAsync(options);
    Console.WriteLine($"The simulated carrier listens on {carrier.Url}");
    Console.WriteLine($"Its connection string is {carrier.ConnectionString}");
    var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stopped.TrySetResult();
    }
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    await stopped.Task;
    return 0;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

/// <summary>What the carrier is told when it runs by itself.</summary>
internal static class CommandLine
{
    private const int DefaultPort = 7080;
    private const string Usage = "Options: --port 7080, --event-grid http://localhost:7071, --event-grid-key <key>, --data <folder>";

    public static bool TryParse(string[] args, out CarrierOptions options, out string message)
    {
        (options, message) = (new CarrierOptions { Port = DefaultPort }, Usage);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            if (value is null || Apply(options, args[i], value) is not { } applied)
            {
                message = args[i] is "--help" or "-h" ? Usage : $"{args[i]}: not understood, or its value is missing or wrong. {Usage}";
                return false;
            }
            options = applied;
        }
        return true;
    }

    private static CarrierOptions? Apply(CarrierOptions options, string name, string value) => name switch
    {
        "--port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue =>
            options with { Port = port },
        "--event-grid" when Uri.TryCreate(value, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https" =>
            options with { EventGridEndpoint = endpoint },
        "--event-grid-key" => options with { EventGridKey = value },
        "--data" => options with { DataFolder = value },
        _ => null,
    };
}
