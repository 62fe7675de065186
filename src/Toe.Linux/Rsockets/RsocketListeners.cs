namespace Toe.Linux;

/// <summary>Counts the listening rsockets of the process, of which the library takes no more than three.</summary>
internal static class RsocketListeners
{
    internal const int Limit = 3;   // four places of rs_svc_grow_sets, one of them the service's own

    private static int _count;

    /// <summary>Listening rsockets that the library has not closed yet.</summary>
    internal static int Count => Volatile.Read(ref _count);

    internal static bool TryAdd()
    {
        if (Interlocked.Increment(ref _count) <= Limit)
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    internal static void Remove() => Interlocked.Decrement(ref _count);
}
