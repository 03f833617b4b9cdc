using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Serverless.Local;

internal static partial class Signals
{
    private const int Sigterm = 15;

    /// <summary>Asks a process to stop. Windows has no such signal: there it is ended, which the Function App must survive anyway.</summary>
    public static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill();
        }
        else
        {
            _ = Kill(process.Id, Sigterm);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
