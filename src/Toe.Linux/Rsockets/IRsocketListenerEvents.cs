using System.Net;

namespace Toe.Linux;

/// <summary>Hears of a listening rsocket's connections, on threads that serve many: back within microseconds.</summary>
public interface IRsocketListenerEvents
{
    /// <summary>Asked when a peer knocks, before anything is spent on it.</summary>
    /// <param name="local">Where it knocks.</param>
    /// <param name="remote">Who it is.</param>
    /// <returns>False turns it away: to the peer nobody listens.</returns>
    bool Admit(IPEndPoint local, IPEndPoint remote);

    /// <summary>One that was admitted is connected.</summary>
    /// <param name="socket">The connection; the receiver owns it.</param>
    /// <returns>Who hears of it: it is bound for the receiver.</returns>
    IRsocketEvents OnAccepted(Rsocket socket);

    /// <summary>The listener gives no more connections: its device is being taken away. At most once.</summary>
    /// <param name="errorNumber">Why.</param>
    void OnStopped(int errorNumber);
}
