using System.Net.Sockets;

namespace Toe;

/// <summary>What an application holds: opens and accepts TCP connections, on an adapter where one is present, trusted and worth it, on the host stack everywhere else.</summary>
/// <remarks>Safe for any thread. Disposing closes its listeners and connections and then its providers.</remarks>
public interface IToeStack : IAsyncDisposable
{
    /// <summary>All adapters that registered providers found, in order of preference.</summary>
    IReadOnlyCollection<IToeAdapter> Adapters { get; }

    /// <summary>All connections of this stack that are not yet closed, wherever they run.</summary>
    IReadOnlyCollection<ToeConnection> Connections { get; }

    /// <summary>Opens a connection.</summary>
    /// <param name="request">To whom, and how.</param>
    /// <param name="cancellationToken">Ends the attempt at any point; nothing stays behind.</param>
    /// <returns>The connection, on an adapter or on the host stack; its <see cref="ToeConnection.Placement"/> says which and why.</returns>
    /// <exception cref="SocketException">The peer's or the network's answer (refused, unreachable, timed out), as a host socket would give it; or <see cref="SocketError.TimedOut"/> when the time budget ran out.</exception>
    /// <exception cref="ToeOffloadRequiredException">The mode is <see cref="ToeMode.Require"/> and no adapter took the connection, or the modes conflict.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<ToeConnection> ConnectAsync(ToeConnectRequest request, CancellationToken cancellationToken = default);

    /// <summary>Starts to listen. The host listener binds first, adapters take the same number.</summary>
    /// <param name="request">Where, and how.</param>
    /// <param name="cancellationToken">Ends the attempt; nothing stays behind.</param>
    /// <exception cref="SocketException">The host cannot bind the address.</exception>
    /// <exception cref="ToeOffloadRequiredException">The mode is <see cref="ToeMode.Require"/> and no adapter took the listener.</exception>
    ValueTask<ToeListener> ListenAsync(ToeListenRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes over an established host socket, which the caller must not use afterwards, also when this throws.</summary>
    /// <param name="established">A connected TCP socket.</param>
    /// <param name="cancellationToken">Ends the attempt; the socket is then closed.</param>
    /// <exception cref="ArgumentException">The socket is not a connected TCP stream socket.</exception>
    ValueTask<ToeConnection> AdoptAsync(Socket established, CancellationToken cancellationToken = default);

    /// <summary>Answers where <see cref="ConnectAsync"/> would place the connection, by the same policy and gates; reserves nothing and opens nothing.</summary>
    /// <param name="request">To whom, and how; the remote must be an <see cref="System.Net.IPEndPoint"/>.</param>
    /// <exception cref="ArgumentException">The remote is not an IP endpoint: resolving names would be I/O.</exception>
    DecisionTrace Explain(ToeConnectRequest request);

    /// <summary>Answers where incoming connections of <see cref="ListenAsync"/> would be placed; binds nothing.</summary>
    /// <param name="request">Where, and how.</param>
    DecisionTrace Explain(ToeListenRequest request);
}
