namespace Toe.Moving;

/// <summary>One move of one connection: who waits for its data calls to leave the old carrier, and which calls wait for the move's end.</summary>
internal sealed class ConnectionMove
{
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isSuspended;
    private volatile bool _receiveParked;
    private volatile bool _sendParked;

    /// <summary>Completes when no data call is on the old carrier.</summary>
    public Task Quiet => _quiet.Task;

    /// <summary>Completes when the connection has its carrier, old or new, or was closed meanwhile.</summary>
    public Task Finished => _finished.Task;

    /// <summary>True once data calls are sent away from the old carrier; before, one that leaves says nothing about the next.</summary>
    public bool IsSuspended => _isSuspended;

    public bool IsReceiveParked => _receiveParked;

    public bool IsSendParked => _sendParked;

    public void Suspended() => _isSuspended = true;

    public void ParkReceive(bool isParked) => _receiveParked = isParked;

    public void ParkSend(bool isParked) => _sendParked = isParked;

    public void BecameQuiet() => _quiet.TrySetResult();

    public void Finish() => _finished.TrySetResult();
}
