using System.Runtime.InteropServices;
using Serverless.Local;
using Serverless.Local.Azurite;
using Serverless.Local.Inspect;

// Starts the whole system on this machine, and stops all of it together: Azurite, the simulated carrier, the Function App.
if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(LauncherOptions.Usage);
    return 0;
}
if (args is ["inspect", .. var inspected]) return await InspectCommand.RunAsync(inspected, Console.Out, Console.Error);
if (!LauncherOptions.TryParse(args, out var options, out var error))
{
    Console.Error.WriteLine(error);
    Console.Error.WriteLine(LauncherOptions.Usage);
    return 1;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    await new Launcher(options).RunAsync(stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}
catch (Exception exception) when (exception is LauncherException or AzuriteException or IOException or UnauthorizedAccessException or InvalidDataException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}

// The second signal ends the process at once: what it started notices that and ends too.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
