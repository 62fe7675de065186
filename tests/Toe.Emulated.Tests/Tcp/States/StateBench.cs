using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.States;

/// <summary>A <see cref="Bench"/> brought into a state by packets and user calls alone, with the numbers that matter there.</summary>
internal sealed class StateBench
{
    private const int InFlight = 100;

    private StateBench(TcpState state, Bench bench, long unacknowledged, long next, long expected)
    {
        Start = state;
        Bench = bench;
        Unacknowledged = unacknowledged;
        SendNext = next;
        ReceiveNext = expected;
        bench.Drain();
        if (HasSocket) bench.Socket.Arm(Readiness.Receive);
        bench.Events.Log.Clear();
    }

    public TcpState Start { get; }

    public Bench Bench { get; }

    /// <summary>SND.UNA, relative to the first byte after our SYN; so are the next two.</summary>
    public long Unacknowledged { get; }

    public long SendNext { get; }

    /// <summary>RCV.NXT; before the peer's SYN, where that will be.</summary>
    public long ReceiveNext { get; }

    public bool HasSocket => Bench.Socket is not null;

    /// <summary>The state of the place (the two ends), not of the socket, which keeps its last one.</summary>
    public TcpState State
    {
        get
        {
            var statistics = Bench.Engine.Statistics;
            if (HasSocket && Bench.Socket.State is not (TcpState.Closed or TcpState.TimeWait)) return Bench.Socket.State;
            if (statistics.TimeWait > 0) return TcpState.TimeWait;
            if (statistics.HalfOpen > 0) return TcpState.SynReceived;
            return Bench.Listener is { IsStopped: false } && !HasSocket ? TcpState.Listen : TcpState.Closed;
        }
    }

    public static StateBench In(TcpState state)
    {
        if (state is TcpState.Closed or TcpState.Listen or TcpState.SynSent or TcpState.SynReceived) return Opening(state);
        var bench = Bench.Accepted(Options());
        switch (state)
        {
            case TcpState.Established:
                bench.Write(InFlight);
                return new(state, bench, 0, InFlight, 0);
            case TcpState.FinWait1:
                bench.Finish();
                return new(state, bench, 0, 1, 0);
            case TcpState.FinWait2:
                bench.Finish();
                bench.Inject(Bench.Ack, 0, 1);
                return new(state, bench, 1, 1, 0);
            case TcpState.CloseWait:
                bench.Inject(Bench.Fin | Bench.Ack);
                bench.Write(InFlight);
                return new(state, bench, 0, InFlight, 1);
            case TcpState.Closing:
                bench.Finish();
                bench.Inject(Bench.Fin | Bench.Ack);
                return new(state, bench, 0, 1, 1);
            case TcpState.LastAck:
                bench.Inject(Bench.Fin | Bench.Ack);
                bench.Finish();
                return new(state, bench, 0, 1, 1);
            case TcpState.TimeWait:
                bench.Finish();
                bench.Inject(Bench.Fin | Bench.Ack, 0, 1);
                return new(state, bench, 1, 1, 1);
            default:
                throw new ArgumentOutOfRangeException(nameof(state));
        }
    }

    private static StateBench Opening(TcpState state)
    {
        var bench = new Bench(Options());
        if (state == TcpState.SynSent) bench.Connect();
        if (state is TcpState.Listen or TcpState.SynReceived) bench.Listen();
        if (state != TcpState.SynReceived) return new(state, bench, -1, 0, -1);
        bench.InjectRaw(Bench.Syn, Bench.PeerInitial, 0, options: TestSegment.MssOption(1000));
        bench.EngineInitial = bench.Next().Seq;
        return new(state, bench, -1, 0, 0);
    }

    // Every acknowledgement at once, so that a table shows it in the row that caused it.
    private static TcpEngineOptions Options()
    {
        var options = Bench.Options();
        options.DelayedAcknowledgement = TimeSpan.Zero;
        return options;
    }
}
