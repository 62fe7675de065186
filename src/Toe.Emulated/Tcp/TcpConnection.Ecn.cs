using Toe.Emulated.Tcp.Recovery;
using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>Explicit congestion notification, RFC 3168 §6.1.</content>
internal sealed partial class TcpConnection
{
    private bool _ecn;

    /// <summary>Both SYNs carried the bits each time they were sent: only then may data be marked (§6.1.1).</summary>
    private bool _mayBeMarked = true;
    private bool _echoesCongestion;
    private bool _windowIsReduced;
    private uint _ecnRecover;

    /// <summary>§6.1.1: what the peer's SYN asks for, or its SYN-ACK agrees to. ECE and CWR together in a SYN-ACK is a broken peer.</summary>
    private void AgreeOnEcn(ref readonly Segment syn)
    {
        if (!_options.ExplicitCongestionNotification) return;
        var both = TcpFlags.Ece | TcpFlags.Cwr;
        _ecn = syn.Has(TcpFlags.Ack) ? _options.RequestExplicitCongestionNotification && (syn.Flags & both) == TcpFlags.Ece : (syn.Flags & both) == both;
        _ecnRecover = _initialSend;
    }

    /// <summary>§6.1.1 and §6.1.1.1: a SYN that has to be repeated goes without, in case it was the bits that lost it.</summary>
    private TcpFlags EcnFlagsOfSyn(bool isAnswer, bool again)
    {
        if (again)
        {
            _mayBeMarked = false;
            return TcpFlags.None;
        }
        if (isAnswer) return _ecn ? TcpFlags.Ece : TcpFlags.None;
        return _options.ExplicitCongestionNotification && _options.RequestExplicitCongestionNotification ? TcpFlags.Ece | TcpFlags.Cwr : TcpFlags.None;
    }

    /// <summary>§6.1.3: a mark is echoed in every ACK until the peer says that it has slowed down.</summary>
    private void TakeCongestionMark(ref readonly Segment segment)
    {
        if (segment.Has(TcpFlags.Cwr)) _echoesCongestion = false;
        if (!segment.IsCongestionMarked || segment.Payload.IsEmpty) return;
        _echoesCongestion = true;
        _acknowledgeNow = true;
    }

    /// <summary>§6.1.2: a mark counts as a loss, once in a round trip.</summary>
    private void TakeCongestionEcho(ref readonly Segment segment)
    {
        if (!IsCongestionEcho(in segment) || Less(_sendUnacknowledged, _ecnRecover)) return;
        _ecnRecover = _sendNext;
        _windowIsReduced = true;
        if (_phase != RecoveryPhase.Open) return;
        _congestion.OnMark(Math.Min(Scoreboard.Outstanding, _congestion.Window));
    }

    /// <summary>§6.1.2: such an ACK opens no window.</summary>
    private bool IsCongestionEcho(ref readonly Segment segment) => _ecn && segment.Has(TcpFlags.Ece);
}
