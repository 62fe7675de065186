using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct sockaddr_nl</c>. Source: linux/netlink.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAddress
{
    internal ushort Family;
    internal ushort Padding;
    internal uint PortId;       // 0 is the kernel
    internal uint Groups;
}
