using System.Net.Sockets;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>ICMP errors about a segment of ours: RFC 9293 §3.9.2.2, RFC 5461, RFC 5927.</content>
internal sealed partial class TcpConnection
{
    /// <summary>RFC 5927 §4: only a segment that is in flight can have caused an error.</summary>
    public bool IsInFlight(uint sequence) =>
        LessOrEqual(_sendUnacknowledged, sequence) && Less(sequence, _sendMaximum);

    public void OnUnreachable(SocketError error, bool hard)
    {
        // MUST-56: an established connection is never aborted; before, only a hard error aborts (or any, if so configured).
        if (State == TcpState.SynSent && (hard || Engine.Options.AbortConnectOnSoftErrors)) End(error);
        else
        {
            _softError = error;
            _advisory |= TcpAdvisory.SoftError;
        }
        FinishTurn();
    }
}
