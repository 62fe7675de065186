namespace Toe.Linux;

/// <summary>Hears of an rsocket's readiness, on a thread of the poller that serves many sockets: back within microseconds.</summary>
public interface IRsocketEvents
{
    /// <summary>An armed direction became ready, or the socket failed.</summary>
    /// <param name="what">Which directions; each was armed, and is no longer.</param>
    /// <param name="hasFailed">True when the connection is in error or gone; the next call in that direction says how.</param>
    void OnReady(Readiness what, bool hasFailed);
}
