using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Serverless.Local.Azurite;

/// <summary>The npm package on disk: installed as its lock file pins it, once, whoever asks first.</summary>
internal static class AzuritePackage
{
    private static readonly TimeSpan InstallDeadline = TimeSpan.FromMinutes(5);

    public static string DefaultFolder { get; } = typeof(AzuritePackage).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "AzuritePackageFolder").Value!;

    /// <summary>Returns the path of the script that runs Azurite, after installing it where need be.</summary>
    public static async Task<string> EnsureInstalledAsync(string folder, CancellationToken cancellationToken)
    {
        if (!IsInstalled(folder))
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(InstallDeadline);
            try
            {
                using var turn = await TakeTurnAsync(folder, deadline.Token);
                if (!IsInstalled(folder)) await InstallAsync(folder, deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new AzuriteException($"Azurite could not be installed in {folder} within {InstallDeadline.TotalMinutes} minutes.");
            }
        }
        return Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js");
    }

    /// <summary>npm writes its own record of the installed packages last: without it, an installation was cut short.</summary>
    private static bool IsInstalled(string folder)
    {
        var pinned = PinnedVersion(Path.Combine(folder, "package-lock.json"))
            ?? throw new AzuriteException($"Azurite cannot be installed: {folder} has no package-lock.json that pins it.");
        return PinnedVersion(Path.Combine(folder, "node_modules", ".package-lock.json")) == pinned;
    }

    private static string? PinnedVersion(string lockFile)
    {
        if (!File.Exists(lockFile)) return null;
        using var packages = JsonDocument.Parse(File.ReadAllBytes(lockFile));
        return packages.RootElement.GetProperty("packages").TryGetProperty("node_modules/azurite", out var azurite)
            ? azurite.GetProperty("version").GetString()
            : null;
    }

    private static async Task<FileStream> TakeTurnAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "obj")).FullName, "azurite-install.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }

    private static async Task InstallAsync(string folder, CancellationToken cancellationToken)
    {
        var npm = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm")
        {
            ArgumentList = { "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error" },
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = ChildProcess.Start(npm, "npm was not found on the PATH; it comes with Node.js and installs Azurite.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
            await output;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new AzuriteException($"Azurite could not be installed with npm: {FirstLine(errors)}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string FirstLine(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "npm gave no reason.";
}
