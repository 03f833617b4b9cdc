/// <summary>
/// Run by the runtime in the Function App's process before anything else: ends that process when the launcher is gone, killed
/// hard included, so that no Function App is left over. The launcher holds the other end of standard input.
/// </summary>
/// <remarks>The runtime wants this name, outside any namespace.</remarks>
internal static class StartupHook
{
    public static void Initialize() => new Thread(EndWithLauncher) { IsBackground = true, Name = "Lifeline" }.Start();

    private static void EndWithLauncher()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() != -1)
        {
        }
        Environment.Exit(1);
    }
}
