using System.Net;
using System.Net.Sockets;
using Toe;

namespace Acme;

/// <summary>A listener of the card.</summary>
internal sealed class ToeOneListener(ToeOneCard card, Socket socket, IAdapterListenerEvents events) : ToeOneContext(card, socket), IToeAdapterListener
{
    private bool _isLossTold;

    public override void Look()
    {
        while (TryAccept() is { } connection)
        {
            events.OnAccepted(connection, new IncomingConnection(LocalEndPoint, connection.RemoteEndPoint), out var receiver);
            connection.Receiver = receiver;
        }

        if (!Loss.IsNone && !IsOver && !_isLossTold)
            events.OnStopped(Loss);
        _isLossTold = !Loss.IsNone;
    }

    private ToeOneConnection? TryAccept()
    {
        lock (Card.Registers)
        {
            if (IsOver || !Loss.IsNone || !Socket.Poll(0, SelectMode.SelectRead))
                return null;
            try
            {
                var accepted = Socket.Accept();
                accepted.Blocking = false;
                var connection = new ToeOneConnection(Card, accepted, (IPEndPoint)accepted.RemoteEndPoint!);
                if (Card.Add(connection).IsNone)
                    return connection;
                accepted.Close(0);
            }
            catch (SocketException)
            {
                // The peer has gone again: that is no reason to end a thread that everybody needs.
            }

            return null;
        }
    }
}
