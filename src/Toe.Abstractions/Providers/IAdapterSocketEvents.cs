using System.Net.Sockets;

namespace Toe;

/// <summary>Receives a socket's events: on the adapter's thread, without a lock held, back within microseconds. The stack only queues or resumes.</summary>
public interface IAdapterSocketEvents
{
    /// <summary>An armed direction became ready.</summary>
    /// <param name="what">Which.</param>
    void OnReady(Readiness what);

    /// <summary>The connection ended other than by FIN both ways. At most once.</summary>
    /// <param name="error">What a host socket would report.</param>
    /// <param name="reason"><see cref="ToeReason.None"/> when the peer or the network ended it; otherwise what befell the adapter.</param>
    void OnClosed(SocketError error, ToeReason reason);

    /// <summary>The adapter wants to be rid of the connection.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="mandatory">True when it cannot carry on.</param>
    void OnUploadWanted(ToeReason reason, bool mandatory);
}
