using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>What a move asks of a TCP socket. Owns nothing.</summary>
[SupportedOSPlatform("linux")]
internal readonly unsafe struct RepairSocket(SafeSocketHandle handle)
{
    internal SafeSocketHandle Handle => handle;

    internal TcpInfo ReadInfo()
    {
        TcpInfo info = default;
        var length = (uint)sizeof(TcpInfo);
        if (RepairCalls.getsockopt(handle, SocketOption.Info.Level, SocketOption.Info.Number, &info, &length) < 0)
            throw LinuxException.Last(SocketOption.Info.Name);
        return length < TcpInfo.OldestLength ? throw new LinuxException(SocketOption.Info.Name, ErrorNumber.BadMessage) : info;
    }

    /// <summary>The peer, as the kernel tells it: .NET's socket forgets it with a shutdown.</summary>
    internal IPEndPoint ReadPeer(AddressFamily family)
    {
        var template = new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        var address = template.Serialize();
        var length = (uint)address.Size;
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (RepairCalls.getpeername(handle, bytes, &length) < 0)
                throw LinuxException.Last("getpeername");
        }

        return length == address.Size ? (IPEndPoint)template.Create(address) : throw new LinuxException("getpeername", ErrorNumber.BadMessage);
    }

    internal int Get(SocketOption option)
    {
        var error = TryGet(option, out var value);
        return error == 0 ? value : throw new LinuxException(option.Name, error);
    }

    /// <summary>Asks for a number.</summary>
    /// <returns>0, or the error number.</returns>
    internal int TryGet(SocketOption option, out int value)
    {
        int answer = 0;
        var length = (uint)sizeof(int);
        var error = RepairCalls.getsockopt(handle, option.Level, option.Number, &answer, &length) < 0 ? Marshal.GetLastPInvokeError() : 0;
        value = answer;
        return error;
    }

    internal void Set(SocketOption option, int value)
    {
        var error = TrySet(option, value);
        if (error != 0)
            throw new LinuxException(option.Name, error);
    }

    /// <summary>Sets a number.</summary>
    /// <returns>0, or the error number.</returns>
    internal int TrySet(SocketOption option, int value) =>
        RepairCalls.setsockopt(handle, option.Level, option.Number, &value, sizeof(int)) < 0 ? Marshal.GetLastPInvokeError() : 0;

    internal void Set<T>(SocketOption option, scoped ReadOnlySpan<T> values)
        where T : unmanaged
    {
        fixed (T* first = values)
        {
            if (RepairCalls.setsockopt(handle, option.Level, option.Number, first, (uint)(values.Length * sizeof(T))) < 0)
                throw LinuxException.Last(option.Name);
        }
    }

    internal RepairWindow ReadWindow()
    {
        RepairWindow window = default;
        var length = (uint)sizeof(RepairWindow);
        if (RepairCalls.getsockopt(handle, SocketOption.RepairWindow.Level, SocketOption.RepairWindow.Number, &window, &length) < 0)
            throw LinuxException.Last(SocketOption.RepairWindow.Name);
        return length == sizeof(RepairWindow) ? window : throw new LinuxException(SocketOption.RepairWindow.Name, ErrorNumber.BadMessage);
    }

    /// <summary>
    /// In repair: forgets the connection at once and in silence, whoever else holds the descriptor. A program that is just being started has a copy until it runs, and
    /// a close would wait for it.
    /// </summary>
    internal void Forget()
    {
        var unspecified = stackalloc byte[16]; // A struct sockaddr of AF_UNSPEC, which disconnects (connect(2)).
        new Span<byte>(unspecified, 16).Clear();
        _ = RepairCalls.connect(handle, unspecified, 16);
    }

    internal int Count(nuint request, string name)
    {
        int count;
        return RepairCalls.ioctl(handle, request, &count) < 0 ? throw LinuxException.Last(name) : Math.Max(0, count);
    }

    internal uint ReadSequence(RepairQueue queue)
    {
        Set(SocketOption.RepairQueue, (int)queue);
        return (uint)Get(SocketOption.QueueSequence);
    }

    internal void WriteSequence(RepairQueue queue, uint sequence)
    {
        Set(SocketOption.RepairQueue, (int)queue);
        Set(SocketOption.QueueSequence, (int)sequence);
    }

    /// <summary>Reads the chosen queue and leaves it as it is.</summary>
    /// <returns>How many bytes it had, at most as many as there was room for.</returns>
    internal int PeekQueue(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var count = RepairCalls.recv(handle, bytes, (nuint)buffer.Length, RepairCalls.Peek | RepairCalls.DoNotWait);
            return count < 0 ? throw LinuxException.Last("MSG_PEEK") : (int)count;
        }
    }

    /// <summary>Sends, or in repair appends to the chosen queue, without waiting.</summary>
    /// <returns>How many bytes were taken; 0 when there is no room.</returns>
    internal int Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var count = RepairCalls.send(handle, bytes, (nuint)buffer.Length, RepairCalls.DoNotWait | RepairCalls.NoSignal);
            if (count >= 0)
                return (int)count;
            return Marshal.GetLastPInvokeError() == ErrorNumber.TryAgain ? 0 : throw LinuxException.Last("send");
        }
    }
}
