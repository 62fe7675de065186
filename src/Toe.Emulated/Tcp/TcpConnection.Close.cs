using System.Net.Sockets;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <content>The user calls CLOSE and ABORT (RFC 9293 §3.10.4, §3.10.5), and the end.</content>
internal sealed partial class TcpConnection
{
    private bool _left;
    private bool _completionDeferred;

    /// <summary>No more data from the application: FIN behind what there is.</summary>
    private void CompleteSending()
    {
        if (_finRequested) return;
        _completionDeferred = false;
        switch (State)
        {
            case TcpState.Established:
                _finRequested = true;
                State = TcpState.FinWait1;
                break;
            case TcpState.CloseWait:
                // LAST-ACK begins when the FIN is sent.
                _finRequested = true;
                break;
            case TcpState.SynReceived when _socket!.SendRing.Count == 0:
                // §3.10.4: nothing to send, so the FIN goes now.
                _finRequested = true;
                State = TcpState.FinWait1;
                SendNew(0, fin: true);
                break;
            default:
                // SYN-SENT, or SYN-RECEIVED with data: when ESTABLISHED, Output asks again.
                _completionDeferred = true;
                break;
        }
    }

    private void ApplicationClosed()
    {
        if (State == TcpState.SynSent)
        {
            End(SocketError.OperationAborted);
            return;
        }
        if (_socket!.ReceiveRing.Count > 0)
        {
            SendResetIfNeeded();
            End(SocketError.Success);
            return;
        }
        CompleteSending();
        if (State == TcpState.FinWait2) _finWaitAt = Engine.Now + Engine.Options.FinWait2Timeout.Ticks;
    }

    /// <summary>§3.10.5: the states in which the peer still believes in the connection.</summary>
    private void SendResetIfNeeded()
    {
        if (State is not (TcpState.SynReceived or TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.CloseWait))
            return;
        Engine.Statistics.ResetsSent++;
        Transmit(Header(_sendMaximum, TcpFlags.Rst | TcpFlags.Ack), 0);
    }

    /// <summary>Resets a handshake whose listener stopped.</summary>
    public void Refuse()
    {
        SendResetIfNeeded();
        End(SocketError.OperationAborted);
    }

    /// <summary>To CLOSED. Tells the socket now and the application at the end of the turn.</summary>
    private void End(SocketError error)
    {
        if (State == TcpState.Closed) return;
        if (State is TcpState.SynSent or TcpState.SynReceived) Engine.Statistics.FailedOpens++;
        if (_socket is null && Listener is { } listener)
        {
            Engine.HandshakeEnded(listener);
            (listener.Events as ITcpHandshakeWatcher)?.OnHandshakeFailed(Tuple.Local.ToEndPoint(Tuple.LocalPort), Tuple.Remote.ToEndPoint(Tuple.RemotePort));
        }
        State = TcpState.Closed;
        _acknowledgeNow = false;
        Engine.Remove(this);
        Leave(error);
        _watcher?.OnGone();
    }

    private void LeaveToTimeWait()
    {
        Engine.EnterTimeWait(this, new TimeWaitState
        {
            SendNext = _sendMaximum,
            ReceiveNext = _receiveNext,
            Window = (ushort)Math.Min(ReceiveWindow >> _receiveScale, ushort.MaxValue),
            Timestamps = _timestamps,
            TimestampRecent = _timestampRecent,
            TimestampOffset = _timestampOffset,
            TrafficClass = TrafficClass(isEcnCapable: false),
            TimeToLive = _options.TimeToLive,
        }, _watcher);
        Leave(SocketError.Success);
        _watcher?.OnTimeWait();
    }

    private void Leave(SocketError error)
    {
        _left = true;
        _reassembly = null;
        _closeError = error;
        _closedPending = true;
        _socket?.MarkEnded(error);
        if (_socket is { IsClosed: true }) _socket.DiscardBuffers();
        else _socket?.SendRing.Discard(); // What was received can still be read.
        GiveInFlightBack();
        Engine.RemoveHolder(this);
    }
}
