namespace Toe.Conformance;

/// <summary>A frozen connection with a defect.</summary>
internal sealed class BrokenMoveSource(IMoveSource inner, IToeAdapterSocket socket, BrokenSocketEvents events, Defect defect) : IMoveSource
{
    /// <summary>Which of the adapter's it is.</summary>
    public int Number { get; init; }

    public TcpConnectionState State => defect switch
    {
        Defect.WrongTuple => inner.State with { Tuple = new TcpTuple(inner.State.Tuple.Remote, inner.State.Tuple.Local) },
        Defect.ForgetsUnread => inner.State with { ReceiveQueue = default },
        Defect.ScaledOneWay => inner.State with { SendWindowScale = null, ReceiveWindowScale = 7 },
        Defect.ForgetsUnacknowledged => inner.State with { SendQueue = default, SendNext = inner.State.SendUnacknowledged },
        Defect.GuessableNumbers => inner.State with { SendNext = (uint)Number * 64_000 },
        Defect.NoSegmentSize => inner.State with { MaximumSegmentSize = 0 },
        _ => inner.State,
    };

    public async ValueTask ReleaseAsync()
    {
        await inner.ReleaseAsync();
        if (defect == Defect.EventAfterLeaving)
            _ = Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System).ContinueWith(_ => events.OnReady(Readiness.Receive), TaskScheduler.Default);
    }

    public async ValueTask ResumeAsync()
    {
        if (defect == Defect.NeverResumes)
            return;
        await inner.ResumeAsync();
        if (defect == Defect.DropsAtResume)
            socket.TryReceive(new byte[1], out _);
    }
}
