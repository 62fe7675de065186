using System.Net;

namespace Toe;

/// <summary>A listening endpoint on the host stack and on every adapter that took it.</summary>
public abstract class ToeListener : IAsyncDisposable
{
    /// <summary>The endpoint that was bound; a requested port 0 is replaced by the number chosen.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>Where incoming connections can be placed, and why.</summary>
    public abstract DecisionTrace Trace { get; }

    /// <summary>Waits for the next connection, wherever it arrived. Several callers may wait.</summary>
    /// <param name="cancellationToken">Ends the wait; no connection is lost.</param>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    public abstract ValueTask<ToeConnection> AcceptAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops listening and closes connections that nobody accepted. Accepted connections live on.</summary>
    public abstract ValueTask DisposeAsync();
}
