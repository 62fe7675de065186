using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Toe.Adapters;

namespace Toe.Connections;

/// <summary>A connection on the host stack: a .NET socket, driven directly. Also drives adapter sockets that are kernel sockets (<see cref="ISocketBacked"/>).</summary>
internal sealed class HostCarrier : Carrier, ILosable
{
    private readonly Socket _socket;
    private readonly SupervisedAdapter? _adapter;
    private readonly IToeAdapterSocket? _adapterSocket;
    private LossBox? _loss;

    /// <summary>Takes the socket over.</summary>
    /// <param name="socket">A connected socket.</param>
    /// <param name="adapter">The adapter that may carry it below the socket interface, if any.</param>
    /// <param name="adapterSocket">The adapter's view of it, if any; owns the socket then.</param>
    public HostCarrier(Socket socket, SupervisedAdapter? adapter = null, IToeAdapterSocket? adapterSocket = null)
    {
        _socket = socket;
        _adapterSocket = adapterSocket;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        RemoteEndPoint = (IPEndPoint)socket.RemoteEndPoint!;
        _adapter = adapter;
        adapter?.Attach(this);
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override IPEndPoint RemoteEndPoint { get; }

    public override AdapterIdentity? Adapter => _adapter?.Identity;

    public override ToeReason Loss => Volatile.Read(ref _loss)?.Reason ?? ToeReason.None;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var sending = _socket.SendAsync(buffer, SocketFlags.None, cancellationToken);
        if (!sending.IsCompletedSuccessfully)
            return Await(sending);
        _ = sending.Result; // A stream socket of .NET completes a send when all bytes are copied.
        return ValueTask.CompletedTask;

        [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
        static async ValueTask Await(ValueTask<int> sending) => _ = await sending.ConfigureAwait(false);
    }

    public override ValueTask CompleteSendingAsync(CancellationToken cancellationToken)
    {
        _socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    public override AdapterSocketInfo GetInfo() =>
        _adapterSocket?.GetInfo() ?? new AdapterSocketInfo(TcpState.Established, OffloadConfidence.NotOffloaded);

    public override void Abort()
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
        _adapterSocket?.Abort();
    }

    public override void Interrupt()
    {
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

    public void Lose(ToeReason reason)
    {
        if (Interlocked.CompareExchange(ref _loss, new LossBox(reason), null) is null)
            Abort();
    }

    public override ValueTask CloseAsync()
    {
        _adapter?.Detach(this);
        _socket.Dispose();
        return _adapterSocket?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private sealed record LossBox(ToeReason Reason);
}
