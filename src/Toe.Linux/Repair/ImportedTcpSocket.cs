using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>A connection from elsewhere in a kernel socket, which says nothing before <see cref="Activate"/>. Disposed without it, the socket goes as it came.</summary>
[SupportedOSPlatform("linux")]
public sealed class ImportedTcpSocket : IDisposable
{
    private readonly SafeSocketHandle _handle;
    private readonly RepairSocket _repair;
    private readonly ReadOnlyMemory<byte> _unsent;
    private readonly bool _sendingIsComplete;
    private readonly int _sendBuffer;
    private bool _isGiven;

    internal ImportedTcpSocket(SafeSocketHandle handle, ReadOnlyMemory<byte> unsent, bool sendingIsComplete, int sendBuffer)
    {
        _handle = handle;
        _repair = new RepairSocket(handle);
        _unsent = unsent;
        _sendingIsComplete = sendingIsComplete;
        _sendBuffer = sendBuffer;
    }

    /// <summary>Runs the connection: an acknowledgment goes out at once, then what was not sent yet, then the FIN if there is one.</summary>
    /// <returns>The connected socket, which the caller owns.</returns>
    /// <exception cref="LinuxException">The kernel refuses; whether something was sent is not known.</exception>
    public Socket Activate()
    {
        _repair.Set(SocketOption.Repair, RepairMode.Off);
        _repair.Set(SocketOption.ReuseAddress, 1); // Repair takes it away, and the port's listener could not be bound again.
        Send();
        LeaveBuffersToTheKernel();
        if (_sendingIsComplete && RepairCalls.shutdown(_handle, RepairCalls.ShutdownSend) < 0)
            throw LinuxException.Last("shutdown");
        var socket = new Socket(_handle);
        _isGiven = true;
        return socket;
    }

    /// <summary>Closes a socket that was not activated, or not to the end, in silence. An activated one is the caller's.</summary>
    public void Dispose()
    {
        if (_isGiven || _handle.IsClosed)
            return;
        _ = _repair.TrySet(SocketOption.Repair, RepairMode.On);
        _repair.Forget();
        _handle.Dispose();
    }

    private void Send()
    {
        for (var unsent = _unsent.Span; !unsent.IsEmpty;)
        {
            var taken = _repair.Write(unsent);
            unsent = unsent[taken..];
            if (taken == 0)
                Widen(); // What was sent elsewhere is never refused here.
        }
    }

    /// <summary>
    /// Its own sizes and tuning again, in which the queues stay until they are empty: a send buffer that held one queue would else be twice as large for the next. Where
    /// nothing was forced, or before Linux 5.14 (SO_BUF_LOCK), when a size ends the tuning for good, it stays as it is.
    /// </summary>
    private void LeaveBuffersToTheKernel()
    {
        if (_repair.TryGet(SocketOption.BufferLock, out var locks) != 0 || locks == 0)
            return;
        _ = _repair.TrySet(SocketOption.ForceSendBuffer, _sendBuffer / 2);
        _ = _repair.TrySet(SocketOption.BufferLock, 0);
    }

    /// <summary>The kernel doubles what is asked for (socket(7)).</summary>
    private void Widen()
    {
        var size = _repair.Get(SocketOption.SendBuffer);
        if (size > int.MaxValue / 4)
            throw new LinuxException("send", ErrorNumber.NoBufferSpace);
        _repair.Set(SocketOption.ForceSendBuffer, size);
    }
}
