using System.Net.Sockets;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>ICMP errors about a segment of ours: RFC 9293 §3.9.2.2, RFC 5461, RFC 5927, RFC 1191, RFC 8201.</content>
internal sealed partial class TcpConnection
{
    /// <summary>What a path MTU may be lowered to on a stranger's word: the MSS every host takes (RFC 5927 §7.2).</summary>
    private const int SmallestMtuV4 = 576, SmallestMtuV6 = 1280;

    /// <summary>RFC 5927 §4: only a segment that is in flight can have caused an error.</summary>
    public bool IsInFlight(uint sequence) =>
        LessOrEqual(_sendUnacknowledged, sequence) && Less(sequence, _sendMaximum);

    public void OnUnreachable(SocketError error, bool hard)
    {
        // MUST-56: an established connection is never aborted; before, only a hard error aborts (or any, if so configured).
        if (State == TcpState.SynSent && (hard || Engine.Options.AbortConnectOnSoftErrors)) End(error);
        else _softError = error;
        FinishTurn();
    }

    public void OnPacketTooBig(int mtu)
    {
        mtu = Math.Max(mtu, Tuple.Local.IsV4 ? SmallestMtuV4 : SmallestMtuV6);
        if (mtu >= _mtu) return;
        _mtu = mtu;
        if (State == TcpState.SynSent) return;
        SetSegmentSize();
        _congestion.OnSegmentSize(_segmentSize);
        if (State == TcpState.SynReceived || Flight == 0) return;
        // What was too big is lost for certain; that is no sign of congestion (RFC 1191 §6.5).
        LoseFlight();
        FinishTurn();
    }
}
