using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;
using NetState = System.Net.NetworkInformation.TcpState;

namespace Toe.Emulated.Tcp;

/// <content>Giving the connection up to another carrier, and taking one over.</content>
internal sealed partial class TcpConnection
{
    private SocketWork _postponed;
    private bool _mayHaveGaps;
    private uint _promisedBefore;

    private bool HasPeersFin => State is TcpState.CloseWait or TcpState.Closing or TcpState.LastAck;

    /// <summary>Makes the connection that a checked state describes. Nothing is sent before <see cref="Activate"/>.</summary>
    public static TcpConnection FromState(
        TcpEngine engine, in FourTuple tuple, TcpConnectionState state, TcpSocketOptions options, ITcpSocketEvents events)
    {
        var connection = new TcpConnection(engine, tuple, options, minimumSequence: null);
        connection._socket = new TcpSocket(
            engine, connection, options, ImportedState.SendCapacity(state, options), ImportedState.ReceiveCapacity(state, options))
        { Events = events };
        connection.TakeConstants(state);
        connection.TakeSending(state);
        connection.TakeReceiving(state);
        connection.OpenBuffersFully();
        return connection;
    }

    /// <summary>Nothing is sent, what arrives is kept, timers rest, and what the application asks for waits.</summary>
    public void Freeze()
    {
        if (!IsAlive) return;
        Kept ??= new KeptPackets();
        Engine.Timers.Set(this, Never);
    }

    /// <summary>Runs on; timers that ran out meanwhile run now.</summary>
    /// <returns>What arrived meanwhile, for the engine to take again; null if the connection is not frozen.</returns>
    public KeptPackets? Thaw()
    {
        var kept = Kept;
        Kept = null;
        if (kept is null) return null;
        var work = _postponed;
        _postponed = SocketWork.None;
        DoWork(work);
        return kept;
    }

    /// <summary>To CLOSED without a word to the peer or the application.</summary>
    public void Release()
    {
        if (Kept is null) return;
        Kept = null;
        _socket!.Forget();
        _socket.DiscardBuffers();
        GiveInFlightBack();
        Engine.RemoveHolder(this);
        State = TcpState.Closed;
        Engine.Remove(this);
        _watcher?.OnGone();
    }

    /// <summary>The peer's FIN as it may have come: a carrier that takes a connection without it, as the host's kernel does, has to see it again.</summary>
    /// <returns>The packet; null while the peer has sent none.</returns>
    public byte[]? PeersFin()
    {
        if (!HasPeersFin) return null;
        ref readonly var tuple = ref Tuple;
        var fin = new SegmentToSend
        {
            SequenceNumber = _receiveNext - 1,
            AcknowledgmentNumber = _sendUnacknowledged,
            Flags = TcpFlags.Fin | TcpFlags.Ack,
            Window = (ushort)Math.Min(_sendWindow >> _sendScale, ushort.MaxValue),
            WindowScale = -1,
            HasTimestamps = _timestamps,
            TimestampValue = _timestampRecent,
            TimestampEcho = TimestampNow,
        };
        var packet = new PacketWriter(checksumOffload: false).Write(
            new(tuple.Remote, tuple.RemotePort, tuple.Local, tuple.LocalPort), PseudoHeader, fin, default, default, segmentSize: 0, trafficClass: 0, timeToLive: 64);
        var bytes = new byte[packet.Length];
        packet.CopyTo(bytes);
        return bytes;
    }

    /// <summary>An imported connection begins to run: an ACK tells the peer's side of the path at once, and the first segment in flight goes
    /// again, whatever the congestion window. It may have been lost on the way here, with the time that its retransmission timer had run; and a
    /// carrier that begins with a small window would wait for that timer each time the connection moves.</summary>
    public void Activate()
    {
        _acknowledgeNow = IsAlive;
        if (_sendWindow > 0 && !Scoreboard.IsEmpty)
        {
            Scoreboard.LoseFirst();
            _resendsFirst = true;
        }
        FinishTurn();
    }

    public TcpConnectionState Export()
    {
        var socket = _socket!;
        var (send, receive) = (new byte[socket.SendRing.Count], new byte[socket.ReceiveRing.Count]);
        socket.SendRing.Peek(socket.SendRing.Head, send);
        socket.ReceiveRing.Peek(socket.ReceiveRing.Head, receive);
        return new TcpConnectionState
        {
            Tuple = new TcpTuple(socket.LocalEndPoint, socket.RemoteEndPoint),
            MaximumSegmentSize = _segmentSize + (_timestamps ? TcpOptions.TimestampsLength : 0),
            SendWindowScale = _scaling ? _sendScale : null,
            ReceiveWindowScale = _scaling ? _receiveScale : null,
            Timestamps = _timestamps,
            SelectiveAcknowledgement = _selective,
            Options = ExportOptions(),
            // LAST-ACK begins with the FIN; that sending is complete is said before.
            State = State == TcpState.CloseWait && _finRequested ? NetState.LastAck : State.ToNetworkInformation(),
            SendUnacknowledged = _sendUnacknowledged,
            SendNext = _sendMaximum,
            SendWindow = _sendWindow,
            MaximumSendWindow = _largestSendWindow,
            SendWindowUpdate = _windowSequence,
            ReceiveNext = _receiveNext,
            ReceiveWindow = ReceiveWindow,
            ReceiveWindowUpdate = _receiveNext,
            TimestampRecent = Engine.Now - _timestampRecentAt > TimestampLifetime ? null : _timestampRecent,
            TimestampValue = TimestampNow,
            CongestionWindow = (uint)Math.Min(_congestion.Window, uint.MaxValue),
            SlowStartThreshold = (uint)Math.Min(_congestion.Threshold, uint.MaxValue),
            SmoothedRoundTripTime = _roundTrip.HasSample ? TimeSpan.FromTicks(_roundTrip.Smoothed) : null,
            RoundTripTimeVariation = _roundTrip.HasSample ? TimeSpan.FromTicks(_roundTrip.Variation) : null,
            SendQueue = send,
            ReceiveQueue = receive,
        };
    }

    /// <summary>The carrier before may have told the peer of segments behind a gap, which did not come along. What was promised then is acknowledged
    /// at once, as what fills a gap (RFC 5681 §4.2): the peer sends it again a segment at a time.</summary>
    private bool MayFillGapOfBefore(uint sequence)
    {
        if (_mayHaveGaps) _mayHaveGaps = Greater(_promisedBefore, sequence);
        return _mayHaveGaps;
    }

    private ToeSocketOptions ExportOptions() => new()
    {
        NoDelay = _socket!.NoDelay,
        KeepAlive = _options.KeepAlive,
        ReceiveBuffer = _options.ReceiveBufferSize,
        SendBuffer = _options.SendBufferSize,
        TrafficClass = _socket.TrafficClass,
        UserTimeout = _options.UserTimeout,
    };

    private void TakeConstants(TcpConnectionState state)
    {
        State = state.State switch
        {
            NetState.FinWait1 => TcpState.FinWait1,
            NetState.FinWait2 => TcpState.FinWait2,
            NetState.CloseWait => TcpState.CloseWait,
            NetState.Closing => TcpState.Closing,
            NetState.LastAck => TcpState.LastAck,
            _ => TcpState.Established,
        };
        _synAcknowledged = true;
        _peerSegmentSize = (ushort)state.MaximumSegmentSize;
        _timestamps = state.Timestamps;
        _selective = state.SelectiveAcknowledgement;
        _timestampOffset = state.TimestampValue - Engine.Milliseconds;
        _timestampRecent = state.TimestampRecent ?? 0;
        // One that nobody knows is like one that is too old to tell anything (RFC 7323 §5.5).
        _timestampRecentAt = state.TimestampRecent is null ? Engine.Now - TimestampLifetime - 1 : Engine.Now;
        _scaling = state.SendWindowScale is not null;
        _sendScale = state.SendWindowScale ?? 0;
        _receiveScale = state.ReceiveWindowScale ?? 0;
        SetSegmentSize();
        if (_options.KeepAlive) _keepAliveAt = Engine.Now + _options.KeepAliveTime.Ticks;
    }

    private void TakeSending(TcpConnectionState state)
    {
        _sendUnacknowledged = _headSequence = state.SendUnacknowledged;
        _sendNext = _sendMaximum = state.SendNext;
        // What is in flight may turn out lost: duplicate ACKs for it count (RFC 6582 §3.2 step 1).
        _recover = state.SendUnacknowledged - 1;
        _sendWindow = state.SendWindow;
        _largestSendWindow = Math.Max(state.MaximumSendWindow, state.SendWindow);
        _windowSequence = state.SendWindowUpdate;
        _windowAcknowledgment = state.SendUnacknowledged;
        _socket!.SendRing.Write(state.SendQueue.Span);
        TakeFin(state);
        var inFlight = (int)(state.SendNext - state.SendUnacknowledged);
        var finInFlight = _finSent && State != TcpState.FinWait2;
        RecordSent(state.SendUnacknowledged, finInFlight ? inFlight - 1 : inFlight, finInFlight);
        if (state.SmoothedRoundTripTime is { } smoothed)
            _roundTrip.Restore(smoothed.Ticks, (state.RoundTripTimeVariation ?? smoothed / 2).Ticks, LeastTimeout);
        _congestion.OnEstablished(_segmentSize, InitialCongestionWindow);
        if (state.CongestionWindow is { } window)
            _congestion.Restore(window, state.SlowStartThreshold ?? uint.MaxValue);
    }

    private void TakeFin(TcpConnectionState state)
    {
        if (State is TcpState.Established or TcpState.CloseWait) return;
        _finRequested = true;
        _socket!.MarkSendingCompleted();
        var end = state.SendUnacknowledged + (uint)state.SendQueue.Length;
        if (State == TcpState.FinWait2)
            (_finSent, _finSequence, _headSequence) = (true, end - 1, end - 1);
        else if (state.SendNext == end + 1)
            (_finSent, _finSequence) = (true, end);
        else if (State == TcpState.LastAck)
            State = TcpState.CloseWait; // Until the FIN goes.
    }

    private void TakeReceiving(TcpConnectionState state)
    {
        _receiveNext = _lastAcknowledgmentSent = state.ReceiveNext;
        _advertisedEdge = Max(state.ReceiveWindowUpdate + state.ReceiveWindow, _receiveNext);
        (_mayHaveGaps, _promisedBefore) = (true, _advertisedEdge);
        _socket!.ReceiveRing.Write(state.ReceiveQueue.Span);
        if (HasPeersFin) _socket.MarkEndOfStream();
    }
}
