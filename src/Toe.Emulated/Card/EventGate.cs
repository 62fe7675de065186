namespace Toe.Emulated;

/// <summary>Holds the rule that no event comes after Abort or Dispose has returned: closing waits for events under way on other threads.</summary>
internal sealed class EventGate
{
    // A thread inside any socket's event does not wait for another socket's: two of them could wait for one another for ever.
    [ThreadStatic]
    private static int t_inside;

    private int _inside;
    private volatile bool _closed;

    public bool IsClosed => _closed;

    /// <summary>Begins an event; when it answers true, <see cref="Leave"/> must follow.</summary>
    public bool TryEnter()
    {
        Interlocked.Increment(ref _inside);
        if (_closed)
        {
            Interlocked.Decrement(ref _inside);
            return false;
        }

        t_inside++;
        return true;
    }

    public void Leave()
    {
        t_inside--;
        Interlocked.Decrement(ref _inside);
    }

    /// <summary>Closes for good, and waits for the events under way.</summary>
    public void Close()
    {
        _closed = true;
        Interlocked.MemoryBarrier();
        var spinner = default(SpinWait);
        while (t_inside == 0 && Volatile.Read(ref _inside) != 0)
            spinner.SpinOnce();
    }
}
