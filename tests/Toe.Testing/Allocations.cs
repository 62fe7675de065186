namespace Toe.Testing;

/// <summary>What code allocates on the thread that runs it.</summary>
public static class Allocations
{
    private const int Attempts = 3;

    /// <summary>The least of some runs: a garbage collection on another thread may take the rest of this one's allocation buffer, which then counts as
    /// allocated.</summary>
    /// <param name="action">Warmed up, and the same each time.</param>
    /// <returns>Bytes.</returns>
    public static long LeastOf(Action action)
    {
        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
