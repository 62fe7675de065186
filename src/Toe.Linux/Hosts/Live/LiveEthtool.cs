using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux.Live;

/// <summary>Makes ethtool calls over a socket of the network namespace in which this was made.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LiveEthtool : IDisposable
{
    private const nuint Ethtool = 0x8946;       // SIOCETHTOOL, linux/sockios.h
    private const int LongestStructure = 1 << 20;

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
        var structure = command.ToArray();
        var request = InterfaceRequest.For(interfaceName);
        int result;
        fixed (byte* bytes = structure)
        {
            request.Data = bytes;
            try
            {
                result = Libc.ioctl(_socket, Ethtool, &request);
            }
            catch (ObjectDisposedException)
            {
                return HostAnswers.Failed<byte[]>(ErrorNumber.BadDescriptor, "the host was disposed");
            }
        }

        return result < 0 ? HostAnswers.Failed<byte[]>(Marshal.GetLastPInvokeError()) : HostAnswers.Found(structure);
    }

    public void Dispose() => _socket.Dispose();
}
