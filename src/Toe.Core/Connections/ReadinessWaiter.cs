using System.Threading.Tasks.Sources;

namespace Toe.Connections;

/// <summary>Waits for one direction of an adapter socket without allocating. One waiter at a time; any thread may set it, and setting it with nobody waiting does nothing, since the waiter tries the socket again before it waits.</summary>
internal sealed class ReadinessWaiter : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _cancellation;
    private int _waiting;

    public ReadinessWaiter(bool runContinuationsInline) => _core.RunContinuationsAsynchronously = !runContinuationsInline;

    /// <summary>Prepares a wait. The caller arms the socket after this call and then awaits <see cref="WaitAsync"/>.</summary>
    public void Begin()
    {
        _core.Reset();
        // A full fence: the caller looks for an end after this, and whoever ends the connection looks here after that.
        Interlocked.Exchange(ref _waiting, 1);
    }

    /// <summary>The prepared wait.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((ReadinessWaiter)state!).Cancel(token), this);
        }

        return new ValueTask(this, _core.Version);
    }

    public void Set()
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 1)
            _core.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token)
    {
        _cancellation.Dispose(); // Waits for a callback that runs just now, so that it cannot end the next wait.
        _cancellation = default;
        _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 1)
            _core.SetException(new OperationCanceledException(token));
    }
}
