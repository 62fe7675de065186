using System.Net;

namespace Toe.Connections;

/// <summary>What carries a connection's bytes: a host socket or an adapter socket. Owned by one <see cref="StackConnection"/>, which makes one call per direction at a time.</summary>
internal abstract class Carrier
{
    public abstract IPEndPoint LocalEndPoint { get; }

    public abstract IPEndPoint RemoteEndPoint { get; }

    /// <summary>The adapter; null on the host stack.</summary>
    public abstract AdapterIdentity? Adapter { get; }

    /// <summary>What befell the adapter below; <see cref="ToeReason.None"/> while nothing has. Only carriers whose own errors do not say so need it.</summary>
    public virtual ToeReason Loss => ToeReason.None;

    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    public abstract ValueTask CompleteSendingAsync(CancellationToken cancellationToken);

    public abstract AdapterSocketInfo GetInfo();

    /// <summary>RST, at once, from any thread.</summary>
    public abstract void Abort();

    /// <summary>Makes pending calls end, so that the connection can be closed. From any thread.</summary>
    public abstract void Interrupt();

    /// <summary>Closes: FIN behind what was sent, RST if received data is unread. Called once, with no call pending.</summary>
    public abstract ValueTask CloseAsync();
}
