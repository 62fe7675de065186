using System.Net.Sockets;
using Toe.Emulated.Tcp.Congestion;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>
/// One connection's transmission control block and what happens to it. Owner thread only, except <see cref="State"/> and
/// <see cref="GetInfo"/>. The parts: Input (RFC 9293 §3.10.7), Handshake, Acknowledgment, Recovery, Ecn, Receive, Output, Timers, Close, Icmp, Moving.
/// Names follow RFC 9293 §3.3.1: SND.UNA is _sendUnacknowledged, RCV.NXT is _receiveNext.
/// </summary>
internal sealed partial class TcpConnection : TcpEndpoint
{
    /// <summary>The part of the receive window that segments of one turn may take before they are acknowledged.</summary>
    private const int WindowShareOfTurn = 4;

    private readonly TcpSocketOptions _options;
    private readonly CongestionControl _congestion;
    private TcpSocket? _socket;
    private ITcpEndpointWatcher? _watcher;
    private RoundTripEstimator _roundTrip;
    private ChallengeAckLimiter _limiter;

    private bool _turnIsOpen;

    // What the end of this turn has to tell the application.
    private Readiness _ready;
    private bool _connectedPending;
    private bool _acceptPending;
    private bool _closedPending;
    private SocketError _closeError;
    private TcpAdvisory _advisory;

    // Counters for GetInfo.
    private long _bytesSent, _bytesAcknowledged, _bytesReceived, _bytesRetransmitted;
    private long _segmentsSent, _segmentsReceived;
    private uint _retransmits, _duplicateAckCount, _fastRecoveries, _outOfOrderSegments, _windowProbes, _tailProbes, _challengeAcks;
    private SocketError _softError;

    /// <summary>An active open.</summary>
    public TcpConnection(TcpEngine engine, in FourTuple tuple, TcpSocketOptions options, ITcpSocketEvents events)
        : this(engine, tuple, options, minimumSequence: null)
    {
        State = TcpState.SynSent;
        _socket = NewSocket();
        _socket.Events = events;
    }

    private TcpConnection(TcpEngine engine, in FourTuple tuple, TcpSocketOptions options, uint? minimumSequence)
        : base(engine, tuple)
    {
        _options = options;
        _receiveLimit = FirstLimit(options.ReceiveBufferSize);
        _inFlight = engine.InFlight.None;
        _congestion = NewCongestionControl(options.CongestionControl);
        _roundTrip = new RoundTripEstimator(engine.Options.InitialRetransmissionTimeout.Ticks);
        _timestampOffset = engine.SequenceNumbers.TimestampOffset(tuple);
        ChooseInitialSequence(minimumSequence);
        _mtu = engine.Mtu(tuple.Local.IsV4);
        ChooseReceiveScale();
    }

    public TcpState State { get; private set; }

    public TcpSocket Socket => _socket!;

    /// <summary>The listener this connection came from, as long as its handshake is under way.</summary>
    public TcpListener? Listener { get; private set; }

    private static CongestionControl NewCongestionControl(TcpCongestionControl algorithm) => algorithm == TcpCongestionControl.Reno ? new Reno() : new Cubic();

    private TcpSocket NewSocket()
    {
        var socket = new TcpSocket(Engine, this, _options);
        socket.SendRing.Limit = FirstLimit(_options.SendBufferSize);
        return socket;
    }

    /// <summary>The peer must not run out of window meanwhile, and of what came out of order or twice it counts on an ACK each (RFC 5681 §4.2, RFC 2883 §4).</summary>
    private bool MayLeaveTurnOpen => Engine.OthersFollow && State is (TcpState.Established or TcpState.CloseWait)
        && _reassembly is not { IsEmpty: false } && !_duplicateIsDue
        && _receiveNext - _lastAcknowledgmentSent < ReceiveWindowLimit / WindowShareOfTurn;

    private bool IsAlive => State is not (TcpState.Closed or TcpState.TimeWait);

    /// <summary>Does what application threads asked for.</summary>
    public void DoWork(SocketWork work)
    {
        if (!IsAlive)
        {
            if (_socket is { IsClosed: true }) _socket.DiscardBuffers();
            return;
        }
        if (Kept is not null)
        {
            _postponed |= work;
            return;
        }
        if ((work & SocketWork.Abort) != SocketWork.None)
        {
            SendResetIfNeeded();
            End(SocketError.OperationAborted);
        }
        else
        {
            if (State == TcpState.SynSent && _sendMaximum == _initialSend)
            {
                // Connect knew no time; the clock of RFC 9293 MUST-8 is read when the SYN goes.
                ChooseInitialSequence(minimum: null);
                SendSyn(again: false);
            }
            if ((work & SocketWork.Complete) != SocketWork.None) CompleteSending();
            if ((work & SocketWork.Close) != SocketWork.None) ApplicationClosed();
            if ((work & SocketWork.Receive) != SocketWork.None) UpdateWindowIfWorthwhile();
        }
        FinishTurn();
    }

    /// <summary>Names who learns of the end of this connection's occupation; at once if it is over already.</summary>
    public void Watch(ITcpEndpointWatcher watcher)
    {
        _watcher = watcher;
        if (State == TcpState.Closed) watcher.OnGone();
    }

    public override void OnSegment(ref Segment segment)
    {
        _segmentsReceived++;
        if (State == TcpState.SynSent) ReceiveInSynSent(ref segment);
        else ReceiveSynchronized(ref segment);
        if (!MayLeaveTurnOpen) FinishTurn();
        else if (!_turnIsOpen)
        {
            _turnIsOpen = true;
            Engine.LeaveTurnOpen(this);
        }
    }

    /// <summary>All that waited for the engine has been taken.</summary>
    public void FinishOpenTurn()
    {
        _turnIsOpen = false;
        FinishTurn();
    }

    public void HandlerFailed()
    {
        if (!IsAlive) return;
        SendResetIfNeeded();
        End(SocketError.ConnectionAborted);
        FinishTurn();
    }

    public TcpSocketInfo GetInfo() => new()
    {
        State = State,
        SmoothedRoundTripTime = TimeSpan.FromTicks(_roundTrip.Smoothed),
        RoundTripTimeVariation = TimeSpan.FromTicks(_roundTrip.Variation),
        RetransmissionTimeout = TimeSpan.FromTicks(CurrentTimeout),
        CongestionWindow = _congestion.Window,
        SlowStartThreshold = _congestion.Threshold,
        SendWindow = _sendWindow,
        ReceiveWindow = ReceiveWindow,
        SendMaximumSegmentSize = _segmentSize,
        ReceiveMaximumSegmentSize = AnnouncedSegmentSize,
        SendWindowScale = _sendScale,
        ReceiveWindowScale = _receiveScale,
        TimestampsEnabled = _timestamps,
        BytesSent = _bytesSent,
        BytesAcknowledged = _bytesAcknowledged,
        BytesReceived = _bytesReceived,
        BytesRetransmitted = _bytesRetransmitted,
        SendBuffer = _socket?.SendRing.Limit ?? 0,
        ReceiveBuffer = _receiveLimit,
        SendQueue = _socket?.SendRing.Count ?? 0,
        ReceiveQueue = _socket?.ReceiveRing.Count ?? 0,
        OutOfOrderQueue = _reassembly?.Bytes ?? 0,
        SegmentsSent = _segmentsSent,
        SegmentsReceived = _segmentsReceived,
        Retransmits = _retransmits,
        ConsecutiveTimeouts = _consecutiveTimeouts,
        DuplicateAcks = _duplicateAckCount,
        FastRecoveries = _fastRecoveries,
        OutOfOrderSegments = _outOfOrderSegments,
        WindowProbes = _windowProbes,
        TailLossProbes = _tailProbes,
        SelectiveAcknowledgmentsEnabled = _selective,
        ExplicitCongestionNotificationEnabled = _ecn,
        ChallengeAcks = _challengeAcks,
        SoftError = _softError,
        UrgentMark = _urgentMark,
    };

    /// <summary>The end of every turn, whatever began it: send what may go, acknowledge what must be, set the timer, tell the
    /// application. Events come last, when the block is consistent; what they ask for is only queued.</summary>
    private void FinishTurn()
    {
        if (IsAlive) Output(force: false);
        if (_acknowledgeNow && State != TcpState.Closed) SendAcknowledgment();
        if (State == TcpState.TimeWait && !_left) LeaveToTimeWait();
        if (IsAlive)
        {
            ArmTimers();
            if (_holderIndex < 0 && HasBuffers) Engine.AddHolder(this);
        }
        RaiseEvents();
    }

    private void RaiseEvents()
    {
        if (_acceptPending)
        {
            _acceptPending = false;
            Engine.Accept(this);
        }
        if (_socket is not { } socket) return;
        if (_connectedPending)
        {
            _connectedPending = false;
            socket.RaiseConnected();
        }
        if (_advisory != TcpAdvisory.None)
        {
            var advisory = _advisory;
            _advisory = TcpAdvisory.None;
            socket.RaiseAdvisory(advisory);
        }
        if (_ready != Readiness.None)
        {
            var ready = _ready;
            _ready = Readiness.None;
            if ((ready & Readiness.Send) != Readiness.None && !socket.SendIsWorthAnnouncing) ready &= ~Readiness.Send;
            socket.RaiseReady(ready);
        }
        if (_closedPending)
        {
            _closedPending = false;
            socket.RaiseClosed(_closeError);
        }
    }
}
