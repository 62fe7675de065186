namespace Toe.Moving;

/// <summary>One move of one connection: who waits for its data calls to leave the old carrier, and which calls wait for the move's end.</summary>
internal sealed class ConnectionMove
{
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _receiveParked;
    private volatile bool _sendParked;

    /// <summary>Completes when no data call is on the old carrier.</summary>
    public Task Quiet => _quiet.Task;

    /// <summary>Completes when the connection has its carrier, old or new, or was closed meanwhile.</summary>
    public Task Finished => _finished.Task;

    public bool IsReceiveParked => _receiveParked;

    public bool IsSendParked => _sendParked;

    public void ParkReceive() => _receiveParked = true;

    public void ParkSend() => _sendParked = true;

    public void BecameQuiet() => _quiet.TrySetResult();

    public void Finish() => _finished.TrySetResult();
}
