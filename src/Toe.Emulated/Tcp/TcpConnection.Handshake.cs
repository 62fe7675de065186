using System.Net.Sockets;
using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>SYN-SENT, SYN-RECEIVED, and what their SYNs agree on.</content>
internal sealed partial class TcpConnection
{
    /// <summary>Smaller announcements only make work (Linux's TCP_MIN_MSS is 88 with options, 48 without them).</summary>
    private const int SmallestSegmentSize = 48;

    /// <summary>Of the data on a SYN, no more is kept: half-open connections are many, and their senders unproven. The rest comes again.</summary>
    private const int KeptSynPayload = 1460;

    private uint _initialSend;

    /// <summary>Our SYN is acknowledged. SND.UNA = ISS does not say so for long: the numbers come round.</summary>
    private bool _synAcknowledged;
    private uint _timestampOffset;
    private uint _initialReceive;
    private int _mtu;
    private int _segmentSize = 536;

    /// <summary>The most payload of one packet: a segment, or with segmentation offload a multiple of it.</summary>
    private int _packetSize = 536;
    private ushort _peerSegmentSize;
    private bool _timestamps;
    private bool _scaling;
    private byte _sendScale;
    private byte _receiveScale;
    private uint _timestampRecent;
    private long _timestampRecentAt;
    private bool _passive;
    private bool _synRepeated;
    private byte[]? _synPayload;
    private bool _synHadFin;

    /// <summary>RFC 9293 MUST-15.</summary>
    private int DefaultSegmentSize => Tuple.Local.IsV4 ? 536 : 1220;

    private int HeaderLength => HeaderLengthOf(Tuple.Local.IsV4);

    /// <summary>RFC 9293 MUST-67: what a packet can carry, without options.</summary>
    private int AnnouncedSegmentSize => AnnouncedSegmentSizeOf(Engine, _options, Tuple.Local.IsV4);

    /// <summary>What a SYN announces (RFC 9293 MUST-67).</summary>
    public static ushort AnnouncedSegmentSizeOf(TcpEngine engine, TcpSocketOptions options, bool isV4)
    {
        var most = engine.Mtu(isV4) - HeaderLengthOf(isV4);
        return (ushort)Math.Max(SmallestSegmentSize, options.MaximumSegmentSize > 0 ? Math.Min(options.MaximumSegmentSize, most) : most);
    }

    /// <summary>The shift that lets the whole buffer be announced (RFC 7323 §2.2).</summary>
    public static int ReceiveScaleOf(TcpSocketOptions options)
    {
        var scale = 0;
        while (scale < TcpOptions.MaximumShift && options.ReceiveBufferSize >> scale > ushort.MaxValue) scale++;
        return scale;
    }

    /// <summary>A handshake that was answered with a cookie is complete: the connection as its SYN would have made it.</summary>
    public static TcpConnection FromCookie(TcpEngine engine, TcpListener listener, ref readonly Segment syn, uint cookie)
    {
        var connection = new TcpConnection(engine, syn.Tuple, listener.Options, minimumSequence: null)
        {
            State = TcpState.SynReceived,
            Listener = listener,
            _passive = true,
        };
        connection.TakeSyn(in syn);
        connection._initialSend = connection._sendUnacknowledged = connection._recover = cookie;
        connection._sendNext = connection._sendMaximum = connection._headSequence = cookie + 1;
        connection._lastSentAt = Never; // It is not remembered.
        return connection;
    }

    /// <summary>RFC 6928 §2.</summary>
    private long InitialCongestionWindow =>
        Math.Min((long)Engine.Options.InitialWindowSegments * _segmentSize, Math.Max(2L * _segmentSize, 14600));

    private static int HeaderLengthOf(bool isV4) => (isV4 ? Ipv4Header.MinimumLength : Ipv6Header.Length) + TcpHeader.MinimumLength;

    /// <summary>A passive open: LISTEN has received a SYN (RFC 9293 §3.10.7.2).</summary>
    public static TcpConnection FromSyn(TcpEngine engine, TcpListener listener, ref readonly Segment syn, uint? minimumSequence)
    {
        var connection = new TcpConnection(engine, syn.Tuple, listener.Options, minimumSequence)
        {
            State = TcpState.SynReceived,
            Listener = listener,
            _passive = true,
        };
        connection._segmentsReceived = 1;
        connection.TakeSyn(in syn);
        connection.KeepSynPayload(in syn);
        connection.SendSyn(again: false);
        connection.ArmTimers();
        return connection;
    }

    private void ChooseInitialSequence(uint? minimum)
    {
        _initialSend = Engine.SequenceNumbers.Next(Tuple, Engine.Now);
        // A tuple taken out of TIME-WAIT begins beyond what it used before (RFC 9293 §3.10.7.4, RFC 1122 4.2.2.13).
        if (minimum is { } least && !Greater(_initialSend, least)) _initialSend = least + 1;
        _sendUnacknowledged = _sendNext = _sendMaximum = _recover = _initialSend;
        _headSequence = _initialSend + 1;
        _lastReceivedAt = Engine.Now;
    }

    /// <summary>RFC 9293 §3.10.7.3.</summary>
    private void ReceiveInSynSent(ref Segment segment)
    {
        var acknowledges = segment.Has(TcpFlags.Ack);
        if (acknowledges
            && (LessOrEqual(segment.AcknowledgmentNumber, _initialSend) || Greater(segment.AcknowledgmentNumber, _sendMaximum)))
        {
            Engine.SendReset(in segment);
            return;
        }
        if (segment.Has(TcpFlags.Rst))
        {
            if (!acknowledges) return;
            Engine.Statistics.ResetsReceived++;
            End(SocketError.ConnectionRefused);
            return;
        }
        if (!segment.Has(TcpFlags.Syn)) return;

        TakeSyn(in segment);
        if (acknowledges)
        {
            segment.Flags &= ~TcpFlags.Syn;
            segment.SequenceNumber++;
            Establish(in segment, segment.Window);
            _acknowledgeNow = true;
            TrimToWindow(ref segment);
            ReceiveText(ref segment);
            return;
        }
        // Simultaneous open: RFC 9293 §3.5 figure 8, MUST-10.
        State = TcpState.SynReceived;
        KeepSynPayload(in segment);
        SendSyn(again: false);
    }

    /// <summary>What a SYN says about its sender: where it begins and what it agreed to.</summary>
    private void TakeSyn(ref readonly Segment syn)
    {
        var options = syn.Options;
        _initialReceive = syn.SequenceNumber;
        _receiveNext = _advertisedEdge = _lastAcknowledgmentSent = syn.SequenceNumber + 1;
        _timestamps = options.HasTimestamps && _options.Timestamps;
        _selective = options.SackPermitted && _options.SelectiveAcknowledgments;
        AgreeOnEcn(in syn);
        _scaling = options.HasWindowScale && _options.WindowScaling;
        if (!_scaling) _receiveScale = 0;
        _sendScale = _scaling ? (byte)options.WindowScale : (byte)0;
        _advertisedEdge += (uint)Math.Min(ReceiveWindowLimit, ushort.MaxValue);
        _timestampRecent = options.TimestampValue;
        _timestampRecentAt = Engine.Now;
        _peerSegmentSize = options.MaximumSegmentSize;
        SetSegmentSize();
        // RFC 7323 §2.2: the window of a SYN is never scaled.
        _sendWindow = _largestSendWindow = syn.Window;
        _windowSequence = syn.SequenceNumber;
        _windowAcknowledgment = syn.AcknowledgmentNumber;
    }

    /// <summary>RFC 9293 §3.7.1: the smallest of what the peer takes and what a packet carries, less the options.</summary>
    private void SetSegmentSize()
    {
        var peer = _peerSegmentSize > 0 ? _peerSegmentSize : DefaultSegmentSize;
        var size = Math.Min(peer, _mtu - HeaderLength);
        if (_options.MaximumSegmentSize > 0) size = Math.Min(size, _options.MaximumSegmentSize);
        if (_timestamps) size -= TcpOptions.TimestampsLength;
        _segmentSize = Math.Max(size, SmallestSegmentSize);
        var room = Engine.Options.SegmentationLimit - HeaderLength - (_timestamps ? TcpOptions.TimestampsLength : 0);
        _packetSize = Math.Max(_segmentSize, room - room % _segmentSize);
    }

    /// <summary>Data and FIN on a SYN wait for ESTABLISHED (RFC 9293 §3.10.7.2 and §3.10.7.3).</summary>
    private void KeepSynPayload(ref readonly Segment syn)
    {
        if (syn.Payload.Length > 0 && _synPayload is null)
        {
            var length = (int)Math.Min(Math.Min(syn.Payload.Length, KeptSynPayload), ReceiveWindowLimit);
            _synPayload = syn.Payload[..length].ToArray();
            _synHadFin = syn.Has(TcpFlags.Fin) && length == syn.Payload.Length;
        }
        else if (syn.Payload.IsEmpty) _synHadFin = syn.Has(TcpFlags.Fin);
    }

    /// <summary>Our SYN is acknowledged and the peer's has come.</summary>
    private void Establish(ref readonly Segment segment, uint window)
    {
        if (State is TcpState.SynSent or TcpState.SynReceived) State = TcpState.Established;
        if (Listener is { } listener)
        {
            Engine.HandshakeEnded(listener);
            Engine.Statistics.PassiveOpens++;
            _socket = NewSocket();
            _acceptPending = true;
        }
        else _connectedPending = true;

        SampleSyn(in segment);
        _synAcknowledged = true;
        _sendUnacknowledged = _initialSend + 1;
        _sendNext = Max(_sendNext, _sendUnacknowledged);
        _retransmitAt = Never;
        _consecutiveTimeouts = 0;
        _roundTrip.ResetBackoff();
        // RFC 6298 5.7.
        if (_synRepeated) _roundTrip.RestartAt(3 * TimeSpan.TicksPerSecond);
        BeginPathMtuSearch();
        // RFC 5681 §3.1: after a lost SYN the initial window is one segment.
        _congestion.OnEstablished(_segmentSize, _synRepeated ? _segmentSize : InitialCongestionWindow);
        _sendWindow = window;
        _largestSendWindow = Math.Max(_largestSendWindow, _sendWindow);
        _windowSequence = segment.SequenceNumber;
        _windowAcknowledgment = segment.AcknowledgmentNumber;
        if (_options.KeepAlive) _keepAliveAt = Engine.Now + _options.KeepAliveTime.Ticks;
        PourSynPayload();
    }

    private void PourSynPayload()
    {
        var payload = _synPayload;
        if (payload is null && !_synHadFin) return;
        var held = new Segment
        {
            Tuple = Tuple,
            SequenceNumber = _initialReceive + 1,
            Flags = TcpFlags.Ack | (_synHadFin ? TcpFlags.Fin : TcpFlags.None),
            Payload = payload,
        };
        _synPayload = null;
        _synHadFin = false;
        ReceiveText(ref held);
    }

    private void SampleSyn(ref readonly Segment segment)
    {
        // The stamp of a cookie is too coarse to stand in for it.
        if (_lastSentAt == Never) _lastSentAt = Engine.Now;
        else if (!_synRepeated) _roundTrip.Sample(Engine.Now - _lastSentAt, 1, LeastTimeout);
        else if (_timestamps) SampleTimestamp(in segment, 1);
    }

    /// <summary>The SYN, or in SYN-RECEIVED the SYN-ACK; also again.</summary>
    private void SendSyn(bool again)
    {
        var isAnswer = State != TcpState.SynSent;
        if (again)
        {
            _synRepeated = true;
            _retransmits++;
            Engine.Statistics.Retransmits++;
        }
        _lastSentAt = Engine.Now;
        var window = (ushort)Math.Min(ReceiveWindowLimit, ushort.MaxValue);
        var segment = new SegmentToSend
        {
            SequenceNumber = _initialSend,
            AcknowledgmentNumber = isAnswer ? _receiveNext : 0,
            Flags = (isAnswer ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn) | EcnFlagsOfSyn(isAnswer, again),
            Window = window,
            MaximumSegmentSize = (ushort)AnnouncedSegmentSize,
            WindowScale = (isAnswer ? _scaling : _options.WindowScaling) ? _receiveScale : -1,
            SackPermitted = isAnswer ? _selective : _options.SelectiveAcknowledgments,
            HasTimestamps = isAnswer ? _timestamps : _options.Timestamps,
            TimestampValue = TimestampNow,
            TimestampEcho = isAnswer ? _timestampRecent : 0,
        };
        _sendMaximum = Max(_sendMaximum, _initialSend + 1);
        _sendNext = Max(_sendNext, _initialSend + 1);
        Transmit(segment);
        ArmRetransmission();
    }
}
