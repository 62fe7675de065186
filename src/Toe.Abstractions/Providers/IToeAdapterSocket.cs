using System.Net;

namespace Toe;

/// <summary>One connection on an adapter. Data calls never block, never throw and never keep the caller's span; the stack makes one call per direction at a time.</summary>
public interface IToeAdapterSocket : IAsyncDisposable
{
    /// <summary>The local endpoint; final once connected.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>The peer.</summary>
    IPEndPoint RemoteEndPoint { get; }

    /// <summary>Sends the SYN and waits for the outcome. Completes once.</summary>
    /// <param name="cancellationToken">Ends the attempt; the socket is then aborted and disposed by the stack.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed meanwhile.</exception>
    ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Takes what has arrived. With an empty span: <see cref="IoStatus.Done"/> if something is there, and nothing is taken.</summary>
    /// <param name="buffer">Where to put it.</param>
    /// <param name="bytes">How many bytes; more than zero exactly with <see cref="IoStatus.Done"/> and a non-empty span.</param>
    IoStatus TryReceive(Span<byte> buffer, out int bytes);

    /// <summary>Copies what there is room for; partial is fine.</summary>
    /// <param name="buffer">What to send; not kept.</param>
    /// <param name="bytes">How many bytes were taken.</param>
    IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes);

    /// <summary>Sends FIN behind what was taken. <see cref="IoStatus.WouldBlock"/>: arm for sending and try again.</summary>
    IoStatus TryCompleteSending();

    /// <summary>Asks for exactly one <see cref="IAdapterSocketEvents.OnReady"/> for each direction named; what is ready already is announced at once.</summary>
    /// <param name="interest">The directions. Arming a direction twice before its event is one request.</param>
    void Arm(Readiness interest);

    /// <summary>Sends RST. Any thread, idempotent; no event comes after it has returned: it waits for one that another thread is raising. The stack calls it without a lock held.</summary>
    void Abort();

    /// <summary>A snapshot of counters and state.</summary>
    AdapterSocketInfo GetInfo();
}
