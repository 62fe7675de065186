using System.Net.Sockets;

namespace Toe;

/// <summary>The adapter that carried a connection failed, and the connection could not be moved.</summary>
/// <param name="reason">What befell the adapter.</param>
/// <param name="bytesAcknowledged">How many sent bytes the peer had acknowledged; null when the adapter cannot tell.</param>
public class ToeConnectionLostException(ToeReason reason, long? bytesAcknowledged) : SocketException((int)SocketError.ConnectionAborted)
{
    /// <summary>What befell the adapter.</summary>
    public ToeReason Reason => reason;

    /// <summary>How many sent bytes the peer had acknowledged; null when the adapter cannot tell.</summary>
    public long? BytesAcknowledged => bytesAcknowledged;

    /// <inheritdoc/>
    public override string Message => $"The connection was lost with its adapter: {reason}.";
}
