namespace Toe;

/// <summary>Receives an adapter listener's events: on the adapter's thread, or several of them at once, without a lock held, back within microseconds.</summary>
public interface IAdapterListenerEvents
{
    /// <summary>Asked at the SYN, where the adapter can ask; answered from cached policy and budgets.</summary>
    /// <param name="syn">Who knocks.</param>
    /// <param name="refusal">Why not.</param>
    /// <returns>False leaves the SYN to the host stack (punt).</returns>
    bool Admit(in IncomingConnection syn, out ToeReason refusal);

    /// <summary>The handshake is complete. The stack owns the socket from here.</summary>
    /// <param name="socket">The connection's socket.</param>
    /// <param name="peer">Who it is.</param>
    /// <param name="events">The receiver of the socket's events, which the adapter installs before it raises one.</param>
    void OnAccepted(IToeAdapterSocket socket, in IncomingConnection peer, out IAdapterSocketEvents events);

    /// <summary>The adapter's listener ended; the host's goes on.</summary>
    /// <param name="reason">Why.</param>
    void OnStopped(ToeReason reason);
}
