using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Serverless.Local.DurableTask;

/// <summary>Names the process that owns a hub, so that after a crash the next one on the same machine need not wait for the lease to run out.</summary>
internal static class OwnerProcess
{
    /// <summary>Each process works out for itself when the machine was started, from which the start of every process is counted.</summary>
    private static readonly TimeSpan s_accuracy = TimeSpan.FromSeconds(2);

    public static string Current { get; } = Describe();

    /// <summary>Whether that process ran on this machine and does no more. False where that cannot be told.</summary>
    public static bool IsGone(string? description)
    {
        if (description?.Split('|') is not [var machine, var id, var started] || machine != Environment.MachineName) return false;
        try
        {
            using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            return (StartOf(process) - DateTimeOffset.FromUnixTimeSeconds(long.Parse(started, CultureInfo.InvariantCulture))).Duration() > s_accuracy;
        }
        catch (ArgumentException)
        {
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or FormatException)
        {
            return false;
        }
    }

    private static string Describe()
    {
        using var process = Process.GetCurrentProcess();
        return $"{Environment.MachineName}|{process.Id.ToString(CultureInfo.InvariantCulture)}|{StartOf(process).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}";
    }

    private static DateTimeOffset StartOf(Process process) => new(process.StartTime);
}
