using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Stands between a client and a port, and can cut them off from each other.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _cut;

    public TcpRelay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends all connections, and each new one at once.</summary>
    public void Cut()
    {
        _cut = true;
        foreach (var client in _open.Keys) Reset(client);
    }

    public void Restore() => _cut = false;

    public async ValueTask DisposeAsync()
    {
        Cut();
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var target = new TcpClient();
        _open[client] = _open[target] = 0;
        try
        {
            if (_cut) return;
            await target.ConnectAsync(IPAddress.Loopback, _target);
            if (!_cut) await Task.WhenAny(client.GetStream().CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(client.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(target, out _);
            Reset(client);
        }
    }

    private static void Reset(TcpClient client)
    {
        if (client.Client is { } socket) socket.Close(0);
        client.Dispose();
    }
}
