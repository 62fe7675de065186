namespace Toe.Linux;

/// <summary>Arguments of TUNSETOFFLOAD: what the kernel may leave to the reader. Source: linux/if_tun.h.</summary>
internal static class TunOffloads
{
    internal const nuint None = 0;
    internal const nuint Checksum = 0x01;           // TUN_F_CSUM
    internal const nuint TcpV4 = 0x02;              // TUN_F_TSO4
    internal const nuint TcpV6 = 0x04;              // TUN_F_TSO6
    internal const nuint CongestionMark = 0x08;     // TUN_F_TSO_ECN
    internal const nuint Tcp = Checksum | TcpV4 | TcpV6 | CongestionMark;
}
