namespace Serverless.Tests.Integration.Sdk.Functions;

/// <summary>Waits for what happens on other threads, as long as it takes within reason.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    public static async Task TrueAsync(Func<bool> condition, string expectation)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            if (deadline.IsCancellationRequested) throw new TimeoutException($"Not in {Deadline}: {expectation}");
            await Task.Delay(10);
        }
    }

    /// <summary>The task's result, or a failed test.</summary>
    public static Task<T> Of<T>(Task<T> task) => task.WaitAsync(Deadline);

    public static Task Of(Task task) => task.WaitAsync(Deadline);
}
