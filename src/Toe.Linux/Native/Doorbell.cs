namespace Toe.Linux;

/// <summary>An eventfd that wakes the one thread blocked in poll. Any thread may ring; rings before the answer are one ring.</summary>
internal sealed class Doorbell : IDisposable
{
    private readonly FileDescriptor _event;
    private int _rung;

    internal Doorbell()
    {
        _event = new FileDescriptor(Libc.eventfd(0, Libc.EventNonBlocking | Libc.EventCloseOnExec));
        if (_event.IsInvalid)
            throw LinuxException.Last("eventfd");
    }

    internal FileDescriptor Descriptor => _event;

    /// <summary>Wakes the waiter; safe after disposal, when there is no one to wake.</summary>
    internal unsafe void Ring()
    {
        // The exchange is a full fence: what the caller published before is seen by the waiter after Answer.
        if (Interlocked.Exchange(ref _rung, 1) != 0)
            return;
        var one = 1UL;
        try
        {
            _ = Libc.write(_event, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>Called by the waiter after poll reported the descriptor, before it looks at its work.</summary>
    internal unsafe void Answer()
    {
        ulong count;
        _ = Libc.read(_event, (byte*)&count, sizeof(ulong));
        // A ring between the read and this exchange needs no second wake-up: the waiter has not looked at its work yet.
        Interlocked.Exchange(ref _rung, 0);
    }

    public void Dispose() => _event.Dispose();
}
