namespace Toe.Linux;

/// <summary>Waits for rsockets, which epoll cannot, on a few threads for all of them. Thread-safe. Disposing ends the threads; what is registered then hears no more.</summary>
public sealed class RsocketPoller : IDisposable
{
    private readonly RsocketPollThread[] _threads;
    private readonly Lazy<RsocketAcceptThread> _accepting = new(static () => new RsocketAcceptThread());
    private int _next;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many; null is one for every two processors.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    /// <exception cref="InvalidOperationException">The library is missing; <see cref="RdmaLibrary.Check"/> says so before.</exception>
    public RsocketPoller(int? threads = null)
    {
        if (threads is { } asked)
            ArgumentOutOfRangeException.ThrowIfLessThan(asked, 1, nameof(threads));
        if (RdmaLibrary.Check() is { IsNone: false } missing)
            throw new InvalidOperationException(missing.ToString());
        _threads = new RsocketPollThread[threads ?? Math.Max(1, Environment.ProcessorCount / 2)];
        for (var i = 0; i < _threads.Length; i++)
            _threads[i] = new RsocketPollThread();
    }

    /// <summary>Waits for a socket from now on, when asked to by <see cref="RsocketRegistration.Arm"/>.</summary>
    /// <param name="socket">A connected socket; at most one registration at a time. It may be disposed before the registration.</param>
    /// <param name="events">Hears what happens.</param>
    public RsocketRegistration Register(Rsocket socket, IRsocketEvents events)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(events);
        var thread = _threads[(uint)Interlocked.Increment(ref _next) % (uint)_threads.Length];
        return new RsocketRegistration(thread, socket, events);
    }

    /// <summary>Waits for a listener's connections from now on.</summary>
    /// <param name="listener">The listener. It may be disposed before the acceptance.</param>
    /// <param name="events">Hears of connections.</param>
    public RsocketAcceptance Accept(Rsocket listener, IRsocketListenerEvents events)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(events);
        return _accepting.Value.Add(listener, events);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_accepting.IsValueCreated)
            _accepting.Value.Dispose();
        foreach (var thread in _threads)
            thread.Dispose();
    }
}
