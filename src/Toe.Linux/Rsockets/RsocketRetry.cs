namespace Toe.Linux;

/// <summary>
/// Wakes a poll thread again after it went to wait, soon at first and then ever later, up to the five seconds after which the library looks by itself. Soft-iWARP loses a notification now
/// and then: the kernel puts the completion and looks whether it was asked to notify, the program asks and looks for completions, and neither waits for the other's store to be seen.
/// </summary>
internal sealed class RsocketRetry : IDisposable
{
    private const int First = 10;       // milliseconds
    private const int Last = 5000;

    private readonly Doorbell _bell;
    private readonly ITimer _timer;
    private int _due;                   // 0 when it does not run

    internal RsocketRetry(Doorbell bell)
    {
        _bell = bell;
        _timer = TimeProvider.System.CreateTimer(static retry => ((RsocketRetry)retry!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something happened, or somebody began to wait: from here on it counts anew.</summary>
    /// <param name="milliseconds">When to wake the thread first.</param>
    internal void Restart(int milliseconds = First)
    {
        if (Volatile.Read(ref _due) is var due && due > 0 && due <= milliseconds)
            return;
        Volatile.Write(ref _due, milliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Ring()
    {
        _bell.Ring();
        var due = Volatile.Read(ref _due) * 2;
        if (due > Last)
            due = 0;
        Volatile.Write(ref _due, due);
        if (due > 0)
            _timer.Change(TimeSpan.FromMilliseconds(due), Timeout.InfiniteTimeSpan);
    }
}
