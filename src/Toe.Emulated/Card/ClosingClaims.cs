using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>Endpoints of connections that the application is done with and the engine is not: FINs and TIME-WAIT still need them. Looked through on the card's loop, a few times a second at most.</summary>
internal sealed class ClosingClaims(ICardNetwork network, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly List<(TcpSocket Socket, IPEndPoint Local)> _claims = [];
    private long _lastSweep;

    public void Add(TcpSocket socket, IPEndPoint local)
    {
        lock (_lock)
            _claims.Add((socket, local));
    }

    /// <summary>Releases what is closed by now.</summary>
    /// <param name="all">Releases everything, at once.</param>
    /// <returns>When to ask again because this call came too soon; null when the engine's own timers are enough.</returns>
    public TimeSpan? Sweep(bool all = false)
    {
        lock (_lock)
        {
            if (_claims.Count == 0)
                return null;
            if (!all && time.GetElapsedTime(_lastSweep) is var elapsed && elapsed < Interval)
                return Interval - elapsed;
            _lastSweep = time.GetTimestamp();
            Release(all);
            return null;
        }
    }

    /// <summary>Apart from <see cref="Sweep"/>, which every turn of the loop calls: the lambda's closure is allocated where the method begins.</summary>
    private void Release(bool all) => _claims.RemoveAll(claim =>
    {
        if (!all && claim.Socket.State != TcpState.Closed)
            return false;
        network.Release(claim.Local, claim.Socket.RemoteEndPoint);
        return true;
    });
}
