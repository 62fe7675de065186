using Toe.Emulated.Tcp.Recovery;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>How large the packets may be that the path carries: by ICMP (RFC 1191, RFC 8201), and by trying (RFC 4821).</content>
internal sealed partial class TcpConnection
{
    /// <summary>What a path MTU may be lowered to on a stranger's word: the MSS every host takes (RFC 5927 §7.2).</summary>
    private const int SmallestMtuV4 = 576, SmallestMtuV6 = 1280;

    /// <summary>What nearly every path carries, tunnels included; of IPv6 all do (RFC 8200 §5).</summary>
    private const int BaseMtu = 1280;

    /// <summary>Segments behind a probe, so that its loss is seen without a time-out (RFC 4821 §7.4).</summary>
    private const int SegmentsBehindProbe = 3;

    /// <summary>None as long as the path carries what the link does.</summary>
    private PathMtuSearch? _search;

    private int SmallestMtu => Tuple.Local.IsV4 ? SmallestMtuV4 : SmallestMtuV6;

    /// <summary>What the link, the peer and the application allow.</summary>
    private int LargestMtu
    {
        get
        {
            var most = _peerSegmentSize > 0 ? _peerSegmentSize : DefaultSegmentSize;
            if (_options.MaximumSegmentSize > 0) most = Math.Min(most, _options.MaximumSegmentSize);
            return Math.Min(Engine.Mtu(Tuple.Local.IsV4), most + HeaderLength);
        }
    }

    /// <summary>A router says so (RFC 1191, RFC 8201).</summary>
    /// <param name="sequence">Of the segment that it did not pass on.</param>
    /// <param name="mtu">The largest packet it passes on; nothing that is as large as what was sent (RFC 5927 §7.2).</param>
    public void OnPacketTooBig(uint sequence, int mtu)
    {
        if (Scoreboard.LengthAt(sequence) is > 0 and var length && mtu >= length + HeaderLength) return;
        mtu = Math.Max(mtu, SmallestMtu);
        if (mtu >= _mtu)
        {
            _search?.LimitTo(mtu, Engine.Now);
            return;
        }
        if (State == TcpState.SynSent)
        {
            _mtu = mtu;
            return;
        }
        SetMtu(mtu);
        if (_options.PathMtuProbing != TcpPathMtuProbing.Off) (_search ??= new PathMtuSearch(mtu, LargestMtu)).LowerTo(mtu, Engine.Now);
        if (State == TcpState.SynReceived || Flight == 0) return;
        // What was too big is lost for certain; that is no sign of congestion (RFC 1191 §6.5).
        LoseFlight();
        FinishTurn();
    }

    private void SetMtu(int mtu)
    {
        _mtu = mtu;
        SetSegmentSize();
        _congestion.OnSegmentSize(_segmentSize);
    }

    /// <summary>The handshake is done; before the first data.</summary>
    private void BeginPathMtuSearch()
    {
        if (_options.PathMtuProbing != TcpPathMtuProbing.Always || LargestMtu <= BaseMtu) return;
        _search = new PathMtuSearch(BaseMtu, LargestMtu);
        _mtu = Math.Min(_mtu, BaseMtu);
        SetSegmentSize();
    }

    /// <summary>The same full-sized segment was sent again and again, and neither an answer nor ICMP came: perhaps it is too large (RFC 4821 §7.7,
    /// RFC 2923 §2.1). Each smaller size has two chances.</summary>
    private void SuspectBlackHole()
    {
        if (_options.PathMtuProbing == TcpPathMtuProbing.Off || _consecutiveTimeouts < FirstThreshold || int.IsEvenInteger(_consecutiveTimeouts)) return;
        var mtu = _mtu > BaseMtu ? BaseMtu : SmallestMtu;
        if (mtu >= _mtu || Scoreboard.FirstLength + HeaderLength <= mtu) return;
        (_search ??= new PathMtuSearch(mtu, LargestMtu)).Restart(mtu);
        SetMtu(mtu);
    }

    /// <summary>Sends new data as one larger packet when there is enough behind it to show what became of it (RFC 4821 §7.4).</summary>
    /// <param name="waits">True when the next data is kept back until a larger packet fits in the windows: ACKs that come one by one would never
    /// leave it enough room.</param>
    /// <returns>True if a packet was sent.</returns>
    private bool ProbePathMtu(out bool waits)
    {
        waits = false;
        if (_search is not { IsProbing: false } search || !_selective || _phase != RecoveryPhase.Open || _windowIsReduced || HasSacks) return false;
        var size = search.NextSize(Engine.Now);
        if (size == 0) return false;
        var length = size - HeaderLength - (_timestamps ? Wire.TcpOptions.TimestampsLength : 0);
        var needed = length + SegmentsBehindProbe * _segmentSize;
        if (Unsent < needed || Math.Min(_sendWindow, CongestionWindow) < needed) return false;
        waits = UsableWindow() < length;
        if (waits) return false;
        SendProbe(search, size, length);
        return true;
    }

    private void SendProbe(PathMtuSearch search, int size, int length)
    {
        var sequence = _sendNext;
        SendData(sequence, length, fin: false, isNew: true, segmentSize: length);
        NoteSent(sequence, sequence + (uint)length);
        _sendNext += (uint)length;
        _sendMaximum = Max(_sendMaximum, _sendNext);
        _bytesSent += length;
        search.OnSent(size, sequence, _sendNext);
    }

    /// <summary>RFC 4821 §7.6.1.</summary>
    private void TakeArrivedProbe()
    {
        if (_search?.TakeArrived(_sendUnacknowledged) is > 0 and var mtu) SetMtu(mtu);
    }

    /// <summary>RFC 4821 §7.6.2: a probe that is lost alone says that it was too large, and nothing of congestion.</summary>
    private bool OnlyProbeIsLost()
    {
        if (_search is not { IsProbing: true } search || _phase != RecoveryPhase.Open) return false;
        if (!Scoreboard.TryFindLost(out _, out var first) || !search.IsProbe(first.Start) || Scoreboard.Lost != first.Length) return false;
        search.OnLost(Engine.Now);
        return true;
    }
}
