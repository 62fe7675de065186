using System.Net.Sockets;
using System.Text;

namespace Toe.Chelsio.Sockets;

/// <summary>Sets what the application asked of a socket, and says what of it a card does not honour. Source: Unified Wire 3.14.0.3, t4_tom/cpl_sock.c, do_t4_tcp_setsockopt.</summary>
internal static class SocketOptions
{
    private const int LevelTcp = 6;             // SOL_TCP, linux/tcp.h
    private const int UserTimeout = 18;         // TCP_USER_TIMEOUT
    private const int Congestion = 13;          // TCP_CONGESTION

    /// <summary>Algorithms that the card has; the module maps other names to newreno.</summary>
    private static readonly string[] OnCard = ["reno", "tahoe", "newreno", "highspeed"];

    public static List<ToeReason> Apply(Socket socket, ToeSocketOptions options, ChelsioOptions steering)
    {
        var downgrades = new List<ToeReason>();
        socket.NoDelay = options.NoDelay;
        if (options.KeepAlive)
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        if (options.ReceiveBuffer is { } receive)
            Try(() => socket.ReceiveBufferSize = receive, ToeReasons.CapabilityBufferSize.With($"{nameof(options.ReceiveBuffer)}: the card sizes its window itself"), downgrades, always: true);
        if (options.SendBuffer is { } send)
            Try(() => socket.SendBufferSize = send, ToeReasons.CapabilityBufferSize.With($"{nameof(options.SendBuffer)}: a part of it is on the card"), downgrades, always: true);
        if (options.UserTimeout is { } timeout)
        {
            Try(
                () => socket.SetRawSocketOption(LevelTcp, UserTimeout, BitConverter.GetBytes((uint)Math.Min(timeout.TotalMilliseconds, int.MaxValue))),
                ToeReasons.CapabilitySocketOption.With($"{nameof(options.UserTimeout)}: the card counts its own retransmissions; only sends that stand still so long are ended"), downgrades, always: true);
        }

        if (options.TrafficClass is { } trafficClass)
            SetTrafficClass(socket, trafficClass, steering, downgrades);
        if (options.CongestionControl is { } algorithm)
            SetCongestion(socket, algorithm, downgrades);
        return downgrades;
    }

    private static void SetTrafficClass(Socket socket, byte trafficClass, ChelsioOptions steering, List<ToeReason> downgrades)
    {
        var refusal = ToeReasons.CapabilitySocketOption.With(nameof(ToeSocketOptions.TrafficClass));
        if (steering.Dscp is not null)
            downgrades.Add(refusal.With($"{nameof(ToeSocketOptions.TrafficClass)}: the DSCP steers the socket to the card"));
        else if (socket.AddressFamily == AddressFamily.InterNetwork)
            Try(() => socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, trafficClass), refusal, downgrades);
        else
            Try(() => socket.SetRawSocketOption(41, 67, BitConverter.GetBytes((int)trafficClass)), refusal, downgrades); // SOL_IPV6, IPV6_TCLASS
    }

    private static void SetCongestion(Socket socket, string algorithm, List<ToeReason> downgrades)
    {
        var known = OnCard.Contains(algorithm, StringComparer.Ordinal);
        Try(
            () => socket.SetRawSocketOption(LevelTcp, Congestion, Encoding.ASCII.GetBytes(algorithm)),
            ToeReasons.CapabilityCongestionControl.With(known ? algorithm : $"{algorithm}: the card has {string.Join(", ", OnCard)}"), downgrades, always: !known);
    }

    private static void Try(Action set, ToeReason downgrade, List<ToeReason> downgrades, bool always = false)
    {
        try
        {
            set();
            if (always)
                downgrades.Add(downgrade);
        }
        catch (SocketException)
        {
            downgrades.Add(downgrade);
        }
    }
}
