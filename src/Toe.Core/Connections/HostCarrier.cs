using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Toe.Adapters;
using Toe.Moving;

namespace Toe.Connections;

/// <summary>A connection on the host stack: a .NET socket, driven directly. Also drives adapter sockets that are kernel sockets (<see cref="ISocketBacked"/>).</summary>
internal sealed partial class HostCarrier : Carrier, IAdapterConnection
{
    private readonly Socket _socket;
    private readonly AdapterBinding? _binding;
    private readonly SupervisedAdapter? _adapter;
    private readonly IToeAdapterSocket? _adapterSocket;
    private readonly SendWatch? _watch;
    private LossBox? _loss;
    private volatile bool _sendingCompleted;

    /// <summary>Takes the socket over.</summary>
    /// <param name="socket">A connected socket.</param>
    /// <param name="binding">The adapter that may carry it below the socket interface, if any; its socket owns the kernel's then. The kernel tells about bytes, the adapter about itself.</param>
    public HostCarrier(Socket socket, AdapterBinding? binding = null)
        : this(socket, (IPEndPoint)socket.RemoteEndPoint!, binding)
    {
    }

    /// <summary>The same where the peer is known: the kernel no longer tells it once the peer has reset the connection.</summary>
    public HostCarrier(Socket socket, IPEndPoint remote, AdapterBinding? binding = null)
    {
        _socket = socket;
        _binding = binding;
        _adapter = binding?.Adapter;
        _adapterSocket = binding?.Socket;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        RemoteEndPoint = remote;
        _watch = SendWatch.Of(binding, Lose);
        _sendCount = binding is null ? CountOf(socket) : null;
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override IPEndPoint RemoteEndPoint { get; }

    public override AdapterIdentity? Adapter => _adapter?.Identity;

    public override ToeReason Loss => Volatile.Read(ref _loss)?.Reason ?? ToeReason.None;

    /// <summary>The application completed sending before this carrier had the connection.</summary>
    public bool IsSendingCompleted
    {
        init => _sendingCompleted = value;
    }

    public override void Attach()
    {
        _binding?.Life.Attach(this);
        _binding?.Events.Bind(this);
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _sendCount is null ? _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken) : ReceiveBreakablyAsync(buffer, cancellationToken);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_sendCount is not null && OperatingSystem.IsLinux())
            return SendBreakablyAsync(_sendCount, buffer, cancellationToken);
        return _watch is null ? SendAllAsync(buffer, cancellationToken) : SendWatchedAsync(_watch, buffer, cancellationToken);
    }

    private ValueTask SendAllAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var sending = _socket.SendAsync(buffer, SocketFlags.None, cancellationToken);
        if (!sending.IsCompletedSuccessfully)
            return Await(sending);
        _ = sending.Result; // A stream socket of .NET completes a send when all bytes are copied.
        return ValueTask.CompletedTask;

        [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
        static async ValueTask Await(ValueTask<int> sending) => _ = await sending.ConfigureAwait(false);
    }

    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendWatchedAsync(SendWatch watch, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var piece = buffer[..Math.Min(buffer.Length, SendWatch.Piece)];
            buffer = buffer[piece.Length..];
            var sending = SendAllAsync(piece, cancellationToken);
            if (sending.IsCompletedSuccessfully)
                continue;
            watch.Begin();
            try
            {
                await sending.ConfigureAwait(false);
            }
            finally
            {
                watch.End();
            }
        }
    }

    public override ValueTask CompleteSendingAsync(CancellationToken cancellationToken)
    {
        if (_suspended)
            throw new CarrierSuspendedException();
        _sendingCompleted = true;
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.NotConnected)
        {
            throw new SocketException((int)SocketError.ConnectionReset); // It was connected: shutdown(2) says ENOTCONN after a reset.
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Linux tells an error once. When the send that ran beside the receive took it, the receive reports an end that was none.</summary>
    public override SocketError ErrorBehindEnd() => !_sendingCompleted && KernelTcpInfo.Read(_socket).State == TcpState.Closed
        ? SocketError.ConnectionReset
        : SocketError.Success;

    public override AdapterSocketInfo GetInfo()
    {
        if (_adapterSocket is null)
        {
            var info = KernelTcpInfo.Read(_socket);
            return new AdapterSocketInfo(info.State, OffloadConfidence.NotOffloaded)
            {
                RoundTripTime = info.RoundTripTime,
                Retransmits = info.Retransmits,
                BytesAcknowledged = info.BytesAcknowledged,
            };
        }

        try
        {
            return _adapterSocket.GetInfo();
        }
        catch (Exception exception)
        {
            _adapter?.ReportFault(AdapterFaultException.From(exception));
            return new AdapterSocketInfo(TcpState.Unknown, OffloadConfidence.Unknown);
        }
    }

    public override void Abort()
    {
        if (!AbortsLater())
            AbortSocket();
    }

    private void AbortSocket()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0); // Close then sends RST (RFC 9293 §3.10.5).
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Ended already.
        }

        _socket.Dispose();
        try
        {
            _adapterSocket?.Abort();
        }
        catch (Exception exception)
        {
            _adapter?.ReportFault(AdapterFaultException.From(exception));
        }
    }

    public override void Interrupt()
    {
        if (_isFrozen)
            return; // No call is on the socket, and its shutdown is whoever's has the connection then.
        try
        {
            // Disposing under a pending call would make .NET abort the connection; a shutdown ends the calls and sends FIN.
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Ended already.
        }
    }

    public override void Lose(ToeReason reason)
    {
        if (Interlocked.CompareExchange(ref _loss, new LossBox(reason), null) is not null)
            return;
        Abort();
        RaiseLost(reason);
    }

    public override void Leave(ToeReason reason) => Lose(reason); // A kernel socket that a module took cannot be frozen.

    /// <summary>The kernel socket announces its own readiness.</summary>
    public void Wake(Readiness what)
    {
    }

    public void Ended(CarrierEnd end)
    {
        if (!end.Reason.IsNone)
            LoseSoon(end.Reason); // What the peer or the network did the kernel socket tells itself.
    }

    public void WantUpload(ToeReason reason, bool mandatory) => ThreadPool.UnsafeQueueUserWorkItem(_ => RaiseUploadWanted(reason, mandatory), null);

    public override ValueTask CloseAsync()
    {
        if (_isGivenUp)
            return ValueTask.CompletedTask;
        _binding?.Life.Detach(this);
        _socket.Dispose();
        _watch?.Dispose();
        if (_adapterSocket is { } adapterSocket)
            _ = _adapter!.CloseInBackground(adapterSocket.DisposeAsync);
        return ValueTask.CompletedTask;
    }

    private void LoseSoon(ToeReason reason) => ThreadPool.UnsafeQueueUserWorkItem(_ => Lose(reason), null);

    private sealed record LossBox(ToeReason Reason);
}
