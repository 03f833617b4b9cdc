using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Serverless.Tests.EndToEnd;

public sealed class LauncherTests
{
    private static readonly string[] FreePorts = ["--functions-port", "0", "--carrier-port", "0", "--azurite-port", "0", "--in-memory"];

    [Theory]
    [InlineData("--functions-port")]
    [InlineData("--carrier-port")]
    [InlineData("--azurite-port")]
    public async Task A_port_in_use_is_named_in_one_line(string option)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var arguments = FreePorts.ToList();
        arguments[arguments.IndexOf(option) + 1] = port;

        await AssertFailsAsync(arguments, $"ort {port} is in use.");
    }

    [Fact]
    public async Task A_machine_without_Node_is_told_so_in_one_line() =>
        await AssertFailsAsync(FreePorts, "Node.js was not found on the PATH; Azurite needs it.", new() { ["PATH"] = Path.GetTempPath() });

    [Fact]
    public async Task A_data_folder_that_cannot_be_one_is_named_in_one_line()
    {
        var file = Path.GetTempFileName();
        await AssertFailsAsync([.. FreePorts, "--data", file], $"The data folder {Path.Combine(file, "azurite")} cannot be used: ");
        File.Delete(file);
    }

    [Fact]
    public async Task A_data_folder_with_broken_tables_is_named_in_one_line()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var azurite = Directory.CreateDirectory(Path.Combine(folder, "azurite")).FullName;
        await File.WriteAllTextAsync(Path.Combine(azurite, "__azurite_db_table__.json"), "{");
        await AssertFailsAsync([.. FreePorts, "--data", folder], $"Azurite cannot start with the data folder {azurite}: ");
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("{\"Values\":{\"Sms__From\":")]
    [InlineData("{\"Values\":[]}")]
    [InlineData("[]")]
    [InlineData("{\"Values\":{\"Sms__From\":{}}}")]
    public async Task A_broken_settings_file_is_named_in_one_line(string json)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, json);
        await AssertFailsAsync([.. FreePorts, "--settings", file], $"The settings file {file} cannot be read: ");
        File.Delete(file);
    }

    [Theory]
    [InlineData("Unknown option: --nonsense", "--nonsense")]
    [InlineData("--data needs a value.", "--data")]
    [InlineData("--carrier-port must be a port from 0 to 65535, not 65536", "--carrier-port", "65536")]
    [InlineData("--azurite-port must be a port from 0 to 65533, not ten", "--azurite-port", "ten")]
    [InlineData("--apps must be a number from 1 to 8, not 0", "--apps", "0")]
    [InlineData("--exit needs --demo.", "--exit")]
    [InlineData("Port 7081 is asked for twice.", "--azurite-port", "7080", "--functions-port", "7081", "--carrier-port", "0")]
    public async Task Bad_options_are_named_and_the_good_ones_listed(string message, params string[] arguments)
    {
        using var launcher = LauncherProcess.Start(arguments);

        Assert.Equal(1, await launcher.ExitCodeAsync());
        Assert.Equal(message, launcher.Errors[0]);
        Assert.StartsWith("Usage: ", launcher.Errors[1], StringComparison.Ordinal);
        Assert.Empty(launcher.Lines);
    }

    private static async Task AssertFailsAsync(IEnumerable<string> arguments, string message, Dictionary<string, string>? environment = null)
    {
        using var launcher = LauncherProcess.Start(arguments, environment);

        Assert.Equal(1, await launcher.ExitCodeAsync());
        Assert.Contains(message, Assert.Single(launcher.Errors), StringComparison.Ordinal);
        Assert.Empty(launcher.Lines);
    }
}
