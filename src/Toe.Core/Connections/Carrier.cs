using System.Net;
using System.Net.Sockets;
using Toe.Adapters;

namespace Toe.Connections;

/// <summary>What carries a connection's bytes: a host socket or an adapter socket. Owned by one <see cref="StackConnection"/>, which makes one call per direction at a time.</summary>
internal abstract class Carrier : ILosable
{
    /// <summary>Raised once, off the adapter's thread, when the connection is lost with its adapter.</summary>
    public event Action<ToeReason>? Lost;

    /// <summary>Raised off the adapter's thread when the adapter wants to be rid of the connection.</summary>
    public event Action<ToeReason, bool>? UploadWanted;

    public abstract IPEndPoint LocalEndPoint { get; }

    public abstract IPEndPoint RemoteEndPoint { get; }

    /// <summary>The adapter; null on the host stack.</summary>
    public abstract AdapterIdentity? Adapter { get; }

    /// <summary>What befell the adapter below; <see cref="ToeReason.None"/> while nothing has. Only carriers whose own errors do not say so need it.</summary>
    public virtual ToeReason Loss => ToeReason.None;

    /// <summary>Hears its adapter from here on, and what it said before. Called once, when the events have their handlers.</summary>
    public abstract void Attach();

    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    public abstract ValueTask CompleteSendingAsync(CancellationToken cancellationToken);

    /// <summary>Asked when a receive reported the end of the stream: the error that ended the connection instead, if one did.</summary>
    public virtual SocketError ErrorBehindEnd() => SocketError.Success;

    public abstract AdapterSocketInfo GetInfo();

    /// <summary>RST, at once, from any thread.</summary>
    public abstract void Abort();

    public abstract void Lose(ToeReason reason);

    public abstract void Leave(ToeReason reason);

    /// <summary>Makes pending calls end, so that the connection can be closed. From any thread.</summary>
    public abstract void Interrupt();

    /// <summary>Closes: FIN behind what was sent, RST if received data is unread. Called once, with no call pending.</summary>
    public abstract ValueTask CloseAsync();

    /// <summary>The carrier for a connected adapter socket. Takes the socket over, unless it throws.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="life">The adapter's life when it was asked for the socket: the socket ends with it.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="events">The receiver that the adapter was given.</param>
    /// <param name="context">What all adapters share.</param>
    public static Carrier On(SupervisedAdapter adapter, AdapterLife life, IToeAdapterSocket socket, CarrierEvents events, SupervisionContext context) =>
        socket is ISocketBacked backed
            ? new HostCarrier(backed.Socket, new AdapterBinding(adapter, life, socket, events, context.Time))
            : new AdapterCarrier(new AdapterBinding(adapter, life, socket, events, context.Time), context);

    protected void RaiseLost(ToeReason reason) => Lost?.Invoke(reason);

    protected void RaiseUploadWanted(ToeReason reason, bool mandatory) => UploadWanted?.Invoke(reason, mandatory);
}
