using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux.Live;

/// <summary>Makes ethtool calls over a socket of the network namespace in which this was made.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LiveEthtool : IDisposable
{
    private const nuint Ethtool = 0x8946;       // SIOCETHTOOL, linux/sockios.h
    private const int LongestStructure = 1 << 20;
    private const int Slack = 2 << 20;

    private readonly FileDescriptor _socket;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="LinuxException">It cannot be had.</exception>
    public LiveEthtool()
    {
        _socket = new FileDescriptor(Libc.socket(Libc.FamilyInternet, Libc.SocketDatagram | Libc.SocketCloseOnExec, 0));
        if (_socket.IsInvalid)
            throw LinuxException.Last("socket AF_INET");
    }

    public HostAnswer<byte[]> Call(string interfaceName, ReadOnlySpan<byte> command)
    {
        if (!InterfaceRequest.IsValidName(interfaceName))
            return HostAnswers.Failed<byte[]>(ErrorNumber.NoDevice);
        if (command.Length is < sizeof(uint) or > LongestStructure)
            return HostAnswers.Failed<byte[]>(ErrorNumber.InvalidArgument);
        var request = InterfaceRequest.For(interfaceName);
        // Strings and statistics are written as long as the driver has them now, whatever length was asked for (ethtool_get_strings and ethtool_get_stats, net/ethtool/ioctl.c):
        // a driver that got more queues since it was asked for their number must not write behind the memory. What is not written to costs no page.
        var memory = (byte*)NativeMemory.Alloc((nuint)(command.Length + Slack));
        try
        {
            command.CopyTo(new Span<byte>(memory, command.Length));
            request.Data = memory;
            return Libc.ioctl(_socket, Ethtool, &request) < 0
                ? HostAnswers.Failed<byte[]>(Marshal.GetLastPInvokeError())
                : HostAnswers.Found(new ReadOnlySpan<byte>(memory, command.Length).ToArray());
        }
        catch (ObjectDisposedException)
        {
            return HostAnswers.Failed<byte[]>(ErrorNumber.BadDescriptor, "the host was disposed");
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    public void Dispose() => _socket.Dispose();
}
