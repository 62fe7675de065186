namespace Toe.Moving;

/// <summary>The host's connection tracking, which does not see what an adapter carries.</summary>
internal interface IConnectionTracking
{
    /// <summary>Prepares it for a connection that leaves the host stack or returns to it.</summary>
    /// <returns><see cref="ToeReason.None"/>, or why it would not let the connection return.</returns>
    ToeReason Follow(TcpTuple tuple);

    /// <summary>A connection that had left has ended.</summary>
    void End(TcpTuple tuple);
}
