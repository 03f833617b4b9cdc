namespace Serverless.Tests;

/// <summary>What code allocates, as far as that can be told.</summary>
internal static class Allocation
{
    private const int Rounds = 20;

    /// <summary>
    /// The fewest bytes that an action allocated in any of several rounds. A collection that another test sets off in between can count some
    /// kilobytes to this thread that it did not allocate; what an action does allocate, it allocates in each round.
    /// </summary>
    public static long LeastOf(Action action)
    {
        action(); // what is made once
        return Enumerable.Range(0, Rounds).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }
}
