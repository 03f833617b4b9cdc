using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Serverless.Local;

/// <summary>Ports of "localhost", which is both 127.0.0.1 and, where the machine has it, [::1].</summary>
internal static class Ports
{
    private const int Attempts = 100;

    private static readonly ConcurrentBag<Mutex> Kept = [];

    /// <summary>Returns the port itself, or a free one for 0.</summary>
    /// <exception cref="LauncherException">The port is in use.</exception>
    public static int Choose(int port)
    {
        if (port != 0) return IsFree(port) ? port : throw new LauncherException($"Port {port} is in use.");

        // Below the range from which systems take the ports of outgoing connections: one of those could otherwise
        // hold the port while the Function App is down, even a retry to that very port.
        for (var i = 0; i < Attempts; i++)
        {
            var candidate = Random.Shared.Next(12000, 32000);
            if (IsFree(candidate) && TryKeep(candidate)) return candidate;
        }
        throw new LauncherException("No free port was found.");
    }

    /// <summary>Keeps a port from other launchers for as long as this process lives: it is free while the Function App is down.</summary>
    private static bool TryKeep(int port)
    {
        try
        {
            var mutex = new Mutex(initiallyOwned: false, $@"Global\serverless-port-{port}", out var isFirst);
            if (isFirst) Kept.Add(mutex);
            else mutex.Dispose();
            return isFirst;
        }
        catch (UnauthorizedAccessException)
        {
            return false; // another user's
        }
    }

    private static bool IsFree(int port) => IsFree(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Loopback, port));

    private static bool IsFree(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
