namespace Toe;

/// <summary>On an adapter that can take over an established connection.</summary>
public interface IImportsState
{
    /// <summary>Diverts the connection's segments to the adapter, which keeps those that arrive.</summary>
    /// <param name="tuple">The connection.</param>
    /// <param name="events">The receiver of the socket's events.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The place, or why there is none: a full table, a connection that cannot be diverted.</returns>
    ValueTask<PrepareResult> PrepareAsync(TcpTuple tuple, IAdapterSocketEvents events, CancellationToken cancellationToken);
}
