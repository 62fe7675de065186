using System.Net.Sockets;
using System.Text;

namespace Toe.Throughput.Kernel;

/// <summary>Sockets of the kernel's TCP as all of its ends use them.</summary>
internal static class KernelSocket
{
    /// <summary>Bytes of a call.</summary>
    public const int CallSize = 256 * 1024;

    // One algorithm everywhere: BBR, some machines' default, sometimes locks on a low rate.
    private const string CongestionControl = "cubic";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Socket Create()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Tune(socket);
        return socket;
    }

    /// <summary>Sets what every end has; an end that hangs fails instead.</summary>
    public static void Tune(Socket socket)
    {
        socket.SetRawSocketOption(optionLevel: 6, optionName: 13, Encoding.ASCII.GetBytes(CongestionControl)); // IPPROTO_TCP, TCP_CONGESTION, linux/tcp.h
        socket.NoDelay = true;
        socket.SendTimeout = socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
    }
}
