using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <content>Connections that leave for another carrier, and those that come from one. Owner thread, outside of turns.</content>
public sealed partial class TcpEngine
{
    /// <summary>Stops a connection: it sends nothing and keeps what arrives, until <see cref="Thaw"/> or <see cref="Release"/>.</summary>
    /// <returns>Its whole state. One that is over already says so in <see cref="TcpConnectionState.State"/>.</returns>
    internal TcpConnectionState Freeze(TcpSocket socket)
    {
        // What the application asked for before belongs to the state.
        Run(socket, static (engine, socket) =>
        {
            engine.DoWork();
            socket.Connection.Freeze();
        });
        return socket.Connection.Export();
    }

    /// <summary>A frozen connection runs on, first with what it kept.</summary>
    internal void Thaw(TcpSocket socket) => Run(socket, static (engine, socket) =>
    {
        if (socket.Connection.Thaw() is { } kept) engine.Replay(kept);
    });

    /// <summary>Forgets a frozen connection in silence: another carrier has it.</summary>
    /// <returns>What arrived for it meanwhile, behind the peer's FIN if that has come.</returns>
    internal KeptPackets Release(TcpSocket socket)
    {
        var arrived = new KeptPackets();
        if (socket.Connection.PeersFin() is { } fin) arrived.Add(fin);
        while (socket.Connection.Kept is { } kept && kept.TryTake(out var packet)) arrived.Add(packet);
        Run(socket, static (_, socket) => socket.Connection.Release());
        return arrived;
    }

    /// <summary>The connection's socket; null when the engine has no such connection.</summary>
    internal TcpSocket? Find(IPEndPoint local, IPEndPoint remote) =>
        _endpointsByTuple.TryGetValue(FourTuple.Of(local, remote), out var endpoint) && endpoint is TcpConnection connection ? connection.Socket : null;

    /// <summary>Keeps a tuple free for a connection to come.</summary>
    /// <exception cref="SocketException"><see cref="SocketError.AddressAlreadyInUse"/>: the tuple is in use, or in TIME-WAIT.</exception>
    internal TcpPlace Prepare(IPEndPoint local, IPEndPoint remote)
    {
        var place = new TcpPlace(this, FourTuple.Of(local, remote));
        if (!_endpoints.Add(place)) throw new SocketException((int)SocketError.AddressAlreadyInUse);
        return place;
    }

    /// <summary>Makes the connection of a state that <see cref="ImportedState.Check"/> found sound.</summary>
    /// <returns>False when there is no memory for its queues.</returns>
    internal bool TryImport(TcpPlace place, TcpConnectionState state, TcpSocketOptions options, ITcpSocketEvents events)
    {
        var connection = TcpConnection.FromState(this, place.Tuple, state, Keep(options), events);
        var socket = connection.Socket;
        if (socket.SendRing.Count < state.SendQueue.Length || socket.ReceiveRing.Count < state.ReceiveQueue.Length)
        {
            socket.DiscardBuffers();
            return false;
        }
        place.Connection = connection;
        return true;
    }

    /// <summary>Runs an imported connection, first with what was kept for it.</summary>
    internal void Activate(TcpPlace place)
    {
        var connection = place.Connection!;
        _endpoints.Remove(place);
        _endpoints.Add(connection);
        Statistics.Connections++;
        Run((place, connection), static (engine, move) =>
        {
            engine.Replay(move.place.Kept!);
            move.connection.Activate();
        });
    }

    /// <summary>Gives a prepared place back.</summary>
    /// <returns>What arrived for it meanwhile.</returns>
    internal KeptPackets Abandon(TcpPlace place)
    {
        if (_endpointsByTuple.TryGetValue(place.Tuple, out var endpoint) && endpoint == place) _endpoints.Remove(place);
        place.Connection?.Socket.DiscardBuffers();
        return place.Kept!;
    }

    private void Run<T>(T argument, Action<TcpEngine, T> action)
    {
        Enter(TimeSpan.Zero);
        try
        {
            FinishTurns();
            action(this, argument);
        }
        finally
        {
            _inside = false;
        }
    }

    private void Replay(KeptPackets kept)
    {
        while (kept.TryTake(out var packet)) Dispatch(packet, checksumIsVerified: true);
    }
}
