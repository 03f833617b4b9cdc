using System.ComponentModel;
using System.Diagnostics;

namespace Serverless.Local.Azurite;

internal static class ChildProcess
{
    /// <summary>Starts a program of the PATH.</summary>
    /// <exception cref="AzuriteException">There is none of that name; the message is the given one.</exception>
    public static Process Start(ProcessStartInfo start, string whenMissing)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new AzuriteException(whenMissing, exception);
        }
    }
}
