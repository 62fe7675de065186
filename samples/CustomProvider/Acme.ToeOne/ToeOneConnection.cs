using System.Net;
using System.Net.Sockets;
using Toe;
using static System.Net.NetworkInformation.TcpState;

namespace Acme;

/// <summary>A connection of the card.</summary>
internal sealed class ToeOneConnection(ToeOneCard card, Socket socket, IPEndPoint remote, IAdapterSocketEvents? opener = null) : ToeOneContext(card, socket), IToeAdapterSocket
{
    private static readonly System.Net.NetworkInformation.TcpState[] States = // As net/tcp_states.h counts them.
        [Unknown, Established, SynSent, SynReceived, FinWait1, FinWait2, TimeWait, Closed, CloseWait, LastAck, Listen, Closing];

    private Readiness _armed;
    private SocketError _error = SocketError.Success;
    private bool _isCompleted, _isEndTold;

    public IPEndPoint RemoteEndPoint => remote;

    public IAdapterSocketEvents? Receiver { get; set; } // None before the connection is established.

    private IoStatus? Ended => _error == SocketError.ConnectionReset ? IoStatus.Reset : IsOver || !Loss.IsNone || _error != SocketError.Success ? IoStatus.Failed : null;

    public async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Socket.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
            Receiver = opener;
            return Loss.IsNone ? ConnectResult.Connected : ConnectResult.RefusedBecause(Loss);
        }
        catch (SocketException exception)
        {
            return ConnectResult.Answered(exception.SocketErrorCode);
        }
    }

    public IoStatus TryReceive(Span<byte> buffer, out int bytes)
    {
        lock (Card.Registers)
        {
            bytes = Peek() == IoStatus.Done && !buffer.IsEmpty ? Socket.Receive(buffer, SocketFlags.None, out _) : 0;
            return bytes > 0 ? IoStatus.Done : Peek();
        }
    }

    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes)
    {
        lock (Card.Registers)
        {
            var error = SocketError.Success;
            bytes = Ended is null && !_isCompleted ? Socket.Send(buffer, SocketFlags.None, out error) : 0;
            return _isCompleted ? IoStatus.Failed : Answer(error);
        }
    }

    public IoStatus TryCompleteSending()
    {
        lock (Card.Registers)
        {
            _isCompleted = true;
            try
            {
                if (Ended is null)
                    Socket.Shutdown(SocketShutdown.Send);
                return Answer(SocketError.Success);
            }
            catch (SocketException exception)
            {
                return Answer(exception.SocketErrorCode);
            }
        }
    }

    public void Arm(Readiness interest)
    {
        lock (Card.Registers)
            _armed |= interest;
    }

    public void Abort() => End(isReset: true);

    public AdapterSocketInfo GetInfo()
    {
        Span<byte> state = [7]; // TCP_CLOSE. Below, 6 is IPPROTO_TCP and 11 is TCP_INFO, whose first byte is the state.
        lock (Card.Registers)
            _ = Ended is null ? Socket.GetRawSocketOption(6, 11, state) : 0;
        return new AdapterSocketInfo(States[state[0]], OffloadConfidence.Confirmed);
    }

    public override void Look()
    {
        var (ready, ends) = (Readiness.None, false);
        lock (Card.Registers)
        {
            if (Receiver is null || IsOver)
                return;
            ready = Peek() == IoStatus.WouldBlock ? Readiness.None : Readiness.Receive; // Asked for unarmed too, since it finds a reset.
            ready |= Ended is not null || Socket.Poll(0, SelectMode.SelectWrite) ? Readiness.Send : Readiness.None;
            ready &= _armed;
            _armed ^= ready;
            ends = Ended is not null && !_isEndTold;
            _isEndTold |= ends;
        }

        if (ends)
            Receiver.OnClosed(Loss.IsNone ? _error : SocketError.ConnectionAborted, Loss);
        if (ready != Readiness.None)
            Receiver.OnReady(ready);
    }

    private IoStatus Peek()
    {
        var error = SocketError.Success;
        var bytes = Ended is null ? Socket.Receive(stackalloc byte[1], SocketFlags.Peek, out error) : 0;
        return Answer(error) is not IoStatus.Done and var status ? status : bytes > 0 ? IoStatus.Done : IoStatus.EndOfStream;
    }

    private IoStatus Answer(SocketError error)
    {
        if (error is not SocketError.Success and not SocketError.WouldBlock)
            _error = error == SocketError.Shutdown ? SocketError.ConnectionReset : error; // A send behind a reset is told of a broken pipe.
        return Ended ?? (error == SocketError.WouldBlock ? IoStatus.WouldBlock : IoStatus.Done);
    }
}
