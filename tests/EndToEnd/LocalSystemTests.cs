using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Serverless.Tests.EndToEnd;

public sealed class LocalSystemTests
{
    private static readonly string[] FreePorts = ["--functions-port", "0", "--carrier-port", "0", "--azurite-port", "0", "--in-memory"];

    [Fact]
    public async Task Everything_answers_where_the_launcher_says()
    {
        await using var system = await LocalSystem.StartAsync();

        using var app = await system.App.GetAsync("health");
        using var carrier = await system.Carrier.GetAsync("_sim/stats");

        Assert.Equal(HttpStatusCode.OK, app.StatusCode);
        Assert.Equal(HttpStatusCode.OK, carrier.StatusCode);
    }

    [Fact]
    public async Task A_Function_App_that_is_killed_is_started_again_on_the_same_port()
    {
        await using var system = await LocalSystem.StartAsync();
        var first = system.AppProcessId;

        await system.KillAppAsync();

        using var answer = await system.App.GetAsync("health");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEqual(first, system.AppProcessId);
    }

    [Fact]
    public async Task A_Function_App_that_is_stopped_stays_down_until_it_is_started()
    {
        await using var system = await LocalSystem.StartAsync();

        await system.StopAppAsync();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => system.App.GetAsync("health"));
        await system.StartAppAsync();
        using var answer = await system.App.GetAsync("health");

        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Two_processes_of_the_Function_App_serve_the_same_data_and_either_may_be_killed()
    {
        await using var system = await LocalSystem.StartAsync(apps: 2);
        Assert.Equal(2, system.Apps.Select(app => app.BaseAddress).Distinct().Count());
        for (var killed = 0; killed < 2; killed++)
        {
            using var accepted = await system.Apps[killed].PostAsJsonAsync("messages", new { to = "+16045550100", text = "Hello" });
            var id = accepted.Headers.Location!.OriginalString.Split('/')[^1];
            await system.KillAppAsync(killed);
            foreach (var app in system.Apps)
            {
                using var answer = await app.GetAsync($"messages/{id}");
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }

        await system.StopAppAsync();
        await system.StartAppAsync();
        using var health = await system.Apps[1].GetAsync("health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task What_was_stored_is_there_when_the_system_is_started_again()
    {
        var data = Directory.CreateTempSubdirectory().FullName;
        Uri? message;
        await using (var system = await LocalSystem.StartAsync(dataFolder: data))
        {
            using var accepted = await system.App.PostAsJsonAsync("messages", new { to = "+16045550100", text = "Hello" });
            message = accepted.Headers.Location;
        }

        await using (var system = await LocalSystem.StartAsync(dataFolder: data))
        {
            using var found = await system.App.GetAsync(new Uri(system.App.BaseAddress!, message!));
            var texts = await system.Carrier.GetFromJsonAsync<JsonElement>("_sim/texts");
            Assert.Equal(HttpStatusCode.OK, found.StatusCode);
            Assert.Equal("Hello", Assert.Single(texts.GetProperty("items").EnumerateArray()).GetProperty("message").GetString());
        }
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Settings_that_the_Function_App_refuses_stop_everything_and_are_named()
    {
        using var launcher = LauncherProcess.Start(FreePorts, new Dictionary<string, string> { ["Sms__From"] = "+1" });

        Assert.Equal(1, await launcher.ExitCodeAsync());
        Assert.Contains(launcher.Errors, line => line.Contains("Sms__From", StringComparison.Ordinal));
        Assert.StartsWith("The Function App ended with exit code ", launcher.Errors[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_stops_everything_in_good_order()
    {
        using var launcher = LauncherProcess.Start(FreePorts);
        await ReadyAsync(launcher);
        var children = await ChildrenAsync(launcher.Id);

        await launcher.TerminateAsync();

        Assert.Equal(0, await launcher.ExitCodeAsync());
        Assert.Equal(2, children.Count);
        Assert.DoesNotContain(children, IsRunning);
        Assert.Empty(launcher.Errors);
    }

    [Fact]
    public async Task Nothing_outlives_a_launcher_that_is_killed()
    {
        using var launcher = LauncherProcess.Start(FreePorts);
        await ReadyAsync(launcher);
        var children = await ChildrenAsync(launcher.Id);

        launcher.Kill();

        Assert.Equal(2, children.Count);
        await Eventually.TrueAsync(() => Task.FromResult(!children.Exists(IsRunning)));
    }

    private static Task ReadyAsync(LauncherProcess launcher) =>
        Eventually.TrueAsync(() => Task.FromResult(launcher.Lines.Any(line => line.StartsWith("Storage ", StringComparison.Ordinal))), Eventually.StartDeadline);

    private static async Task<List<int>> ChildrenAsync(int process)
    {
        using var pgrep = Process.Start(new ProcessStartInfo("pgrep", ["-P", $"{process}"]) { RedirectStandardOutput = true })!;
        var ids = await pgrep.StandardOutput.ReadToEndAsync();
        return [.. ids.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
