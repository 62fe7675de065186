using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Toe;

/// <summary>One TCP connection, wherever it runs. One send and one receive may be in flight at a time; a second of the same kind throws <see cref="InvalidOperationException"/>.</summary>
public abstract class ToeConnection : IAsyncDisposable
{
    /// <summary>Raised when the placement changes: on the thread pool, one at a time, in order.</summary>
    public abstract event Action<ToeConnection, Placement>? PlacementChanged;

    /// <summary>A number that is unique in this process.</summary>
    public abstract long Id { get; }

    /// <summary>The local endpoint.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>The peer.</summary>
    public abstract IPEndPoint RemoteEndPoint { get; }

    /// <summary>Where the connection runs now.</summary>
    public abstract Placement Placement { get; }

    /// <summary>Why it runs there: every adapter, every gate, every answer. Shared by all connections with the same answers.</summary>
    public abstract DecisionTrace Trace { get; }

    /// <summary>What the carrier could not honour of the request, one reason each. Empty when everything was.</summary>
    public abstract IReadOnlyList<ToeReason> Downgrades { get; }

    /// <summary>Receives what has arrived.</summary>
    /// <param name="buffer">Where to put it. An empty buffer waits until data or the end of the stream is there, and takes nothing.</param>
    /// <param name="cancellationToken">Ends the wait; no byte is lost and the connection lives on.</param>
    /// <returns>The number of bytes; 0 means that the peer sent FIN (or that the buffer was empty).</returns>
    /// <exception cref="SocketException">The peer reset the connection, or it timed out.</exception>
    /// <exception cref="ToeConnectionLostException">The carrying adapter failed and the connection could not be moved.</exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Sends; done when all bytes are copied to the carrier, not when they are acknowledged.</summary>
    /// <param name="buffer">What to send; the caller's again when the call is done.</param>
    /// <param name="cancellationToken">Ends the wait; some of the bytes may have been sent.</param>
    /// <exception cref="SocketException">The peer reset the connection, it timed out, or sending was completed before.</exception>
    /// <exception cref="ToeConnectionLostException">The carrying adapter failed and the connection could not be moved.</exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Sends FIN behind everything sent so far; receiving goes on (half close). Idempotent.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask CompleteSendingAsync(CancellationToken cancellationToken = default);

    /// <summary>Moves the connection.</summary>
    /// <param name="adapterId">To which adapter; null is the host stack.</param>
    /// <param name="cancellationToken">Ends the preparation; once the state was imported the move is finished.</param>
    /// <returns><see cref="ToeReason.None"/> when moved (or there already), otherwise why not; the connection then runs where it ran.</returns>
    public abstract ValueTask<ToeReason> MoveAsync(string? adapterId, CancellationToken cancellationToken = default);

    /// <summary>Ends the connection at once with RST. Any thread, idempotent, never blocks; pending I/O fails.</summary>
    public abstract void Abort();

    /// <summary>A snapshot of what is known about the connection.</summary>
    public abstract ToeConnectionInfo GetInfo();

    /// <summary>The connection as a stream, with the behaviour of <see cref="NetworkStream"/>: errors are <see cref="IOException"/> around the <see cref="SocketException"/>. One instance; disposing it disposes the connection.</summary>
    public abstract Stream AsStream();

    /// <summary>The connection as a duplex pipe. One instance; completing the writer sends FIN, completing both ends disposes the connection.</summary>
    public abstract IDuplexPipe AsPipe();

    /// <summary>Closes: pending I/O fails first, then FIN goes out behind what was sent (RST if received data is unread); what lingers does so in the background.</summary>
    public abstract ValueTask DisposeAsync();
}
