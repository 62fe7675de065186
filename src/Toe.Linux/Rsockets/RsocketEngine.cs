namespace Toe.Linux;

/// <summary>
/// Carries the rsockets of a program: a thread that hears the connection manager, and a few that take completions. Owned by who makes it; rsockets are disposed before it. Disposing it waits
/// for nothing: what is being closed is closed in the background.
/// </summary>
public sealed class RsocketEngine : IDisposable
{
    private readonly CompletionThread[] _threads;
    private int _next;
    private long _cookie;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads that take completions; null is one for two processors.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    /// <exception cref="InvalidOperationException">The library is missing; <see cref="RdmaLibrary.Check"/> says so before.</exception>
    /// <exception cref="LinuxException">The kernel's side of the connection manager is missing: module rdma_ucm.</exception>
    public RsocketEngine(int? threads = null)
    {
        if (threads is { } asked)
            ArgumentOutOfRangeException.ThrowIfLessThan(asked, 1, nameof(threads));
        if (RdmaLibrary.Check() is { IsNone: false } missing)
            throw new InvalidOperationException(missing.ToString());
        Manager = new ConnectionManager();
        _threads = new CompletionThread[threads ?? Math.Max(1, Environment.ProcessorCount / 2)];
        try
        {
            for (var i = 0; i < _threads.Length; i++)
                _threads[i] = new CompletionThread();
        }
        catch
        {
            Dispose(); // What was started ends.
            throw;
        }
    }

    internal ConnectionManager Manager { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Manager.Dispose();
        foreach (var thread in _threads)
            thread?.Dispose();
    }

    internal CompletionThread NextThread() => _threads[(uint)Interlocked.Increment(ref _next) % (uint)_threads.Length];

    internal nint NextCookie() => (nint)Interlocked.Increment(ref _cookie);
}
