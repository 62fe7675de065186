using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>The peer's end of a connection. Its disposal closes it with a FIN, or with an RST where something was not read.</summary>
public interface IPeerConnection : IAsyncDisposable
{
    /// <summary>The peer's own endpoint.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>The adapter's endpoint.</summary>
    IPEndPoint RemoteEndPoint { get; }

    /// <summary>Takes what comes next; waits while nothing has come.</summary>
    /// <param name="buffer">Where to put it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>How many bytes; 0 behind the adapter's FIN.</returns>
    /// <exception cref="SocketException">The adapter reset the connection, or it ended otherwise.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends all.</summary>
    /// <param name="buffer">What.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SocketException">The adapter reset the connection, or it ended otherwise.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends FIN behind what was sent.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    ValueTask CompleteSendingAsync(CancellationToken cancellationToken);

    /// <summary>Sends RST.</summary>
    void Reset();
}
