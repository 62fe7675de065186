namespace Toe.Linux;

/// <summary>Hears of a listening rsocket's connections, on a thread that serves all listeners of its poller: back within microseconds.</summary>
public interface IRsocketListenerEvents
{
    /// <summary>A connection was made.</summary>
    /// <param name="socket">The connection; the receiver owns it.</param>
    void OnAccepted(Rsocket socket);

    /// <summary>The listener gives no more connections. At most once.</summary>
    /// <param name="errorNumber">Why.</param>
    /// <param name="text">The same in words.</param>
    void OnStopped(int errorNumber, string text);
}
