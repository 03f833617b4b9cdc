using System.Net;
using System.Net.Sockets;
using Serverless.Local.Azurite;

namespace Serverless.Tests.EndToEnd;

public sealed class AzuriteProcessTests
{
    [Fact]
    public async Task It_listens_on_three_free_ports_and_stops_when_disposed()
    {
        var azurite = await AzuriteProcess.StartAsync(new AzuriteOptions());
        int[] ports = [azurite.BlobPort, azurite.QueuePort, azurite.TablePort];

        Assert.All(ports, port => Assert.True(IsOpen(port)));
        Assert.Contains($"TableEndpoint=http://127.0.0.1:{azurite.TablePort}/devstoreaccount1;", azurite.ConnectionString, StringComparison.Ordinal);

        await azurite.DisposeAsync();

        Assert.True(azurite.Exited.IsCompletedSuccessfully);
        Assert.All(ports, port => Assert.False(IsOpen(port)));
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var exception = await Assert.ThrowsAsync<AzuriteException>(() => AzuriteProcess.StartAsync(new AzuriteOptions { BlobPort = port }));

        Assert.Equal($"Azurite cannot start: port {port} is in use.", exception.Message);
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_named()
    {
        var file = Path.GetTempFileName();

        var exception = await Assert.ThrowsAsync<AzuriteException>(() => AzuriteProcess.StartAsync(new AzuriteOptions { DataFolder = file }));

        Assert.StartsWith($"The data folder {file} cannot be used: ", exception.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task A_data_folder_serves_one_process_at_a_time_and_can_be_used_again_afterwards()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var options = new AzuriteOptions { DataFolder = folder };
        await using (await AzuriteProcess.StartAsync(options))
        {
            var exception = await Assert.ThrowsAsync<AzuriteException>(() => AzuriteProcess.StartAsync(options));
            Assert.Equal($"The data folder {folder} is in use by another process.", exception.Message);
        }
        await using (await AzuriteProcess.StartAsync(options))
        {
            Assert.True(File.Exists(Path.Combine(folder, "__azurite_db_table__.json")));
        }
        Directory.Delete(folder, recursive: true);
    }

    private static bool IsOpen(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
