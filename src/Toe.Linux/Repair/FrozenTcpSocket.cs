using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>
/// A kernel connection that stands still: its socket drops what arrives, which the peer sends again, and a close leaves the wire alone. Ends with
/// <see cref="Thaw"/> or <see cref="Close"/>. Not thread-safe.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class FrozenTcpSocket
{
    private readonly Socket _socket;
    private readonly RepairSocket _repair;
    private readonly int _reuse;
    private TcpInfo _stopped;
    private TcpInfo _info;

    private FrozenTcpSocket(Socket socket)
    {
        _socket = socket;
        _repair = new RepairSocket(socket.SafeHandle);
        _reuse = _repair.Get(SocketOption.ReuseAddress);
    }

    /// <summary>The connection as it stands still.</summary>
    public TcpConnectionState State { get; private set; } = null!;

    /// <summary>
    /// True while nothing has reached the connection since <see cref="State"/> was read. A segment that another processor held when it was frozen still may: then
    /// <see cref="Renew"/> reads again. Asked immediately before another carrier runs the connection.
    /// </summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public bool IsCurrent => !RepairDump.HasReceivedMore(_repair, _info);

    /// <summary>Reads the state again.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public void Renew() => State = RepairDump.Read(_socket, _repair, _stopped, out _info);

    /// <summary>The connection runs on here: it probes the peer at once, which then sends again what was dropped.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void Thaw()
    {
        // No queue, first: with one chosen, an acknowledgment that arrives would count as sent what was not.
        _repair.Set(SocketOption.RepairQueue, (int)RepairQueue.None);
        _repair.Set(SocketOption.DetachFilter, 0);
        _repair.Set(SocketOption.Repair, RepairMode.Off);
        _repair.Set(SocketOption.ReuseAddress, _reuse); // Repair has its own.
    }

    /// <summary>Forgets the connection without a word to the peer: it runs elsewhere.</summary>
    public void Close()
    {
        _repair.Forget();
        _socket.Dispose(); // Never Shutdown, Disconnect or a close with a time-out, which send FIN.
    }

    /// <summary>Stops the connection.</summary>
    /// <exception cref="LinuxException">The kernel refuses; the connection runs on.</exception>
    internal static FrozenTcpSocket Freeze(Socket socket)
    {
        var frozen = new FrozenTcpSocket(socket);
        DropFilter.Attach(frozen._repair);
        try
        {
            frozen._repair.Set(SocketOption.Repair, RepairMode.On);
            try
            {
                frozen._stopped = frozen._repair.ReadInfo();
                frozen.Renew();
                return frozen;
            }
            catch
            {
                frozen._repair.Set(SocketOption.Repair, RepairMode.Off);
                frozen._repair.Set(SocketOption.ReuseAddress, frozen._reuse);
                throw;
            }
        }
        catch
        {
            frozen._repair.Set(SocketOption.DetachFilter, 0);
            throw;
        }
    }
}
