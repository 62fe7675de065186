using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct ifinfomsg</c>. Source: linux/rtnetlink.h; attributes: linux/if_link.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InterfaceInfoMessage
{
    internal const int Size = 16;

    internal const ushort AttributeAddress = 1;             // IFLA_ADDRESS
    internal const ushort AttributeName = 3;                // IFLA_IFNAME
    internal const ushort AttributeMtu = 4;                 // IFLA_MTU
    internal const ushort AttributeLink = 5;                // IFLA_LINK
    internal const ushort AttributeMaster = 10;             // IFLA_MASTER
    internal const ushort AttributeLinkInfo = 18;           // IFLA_LINKINFO
    internal const ushort AttributeLinkNamespace = 37;      // IFLA_LINK_NETNSID
    internal const ushort InfoKind = 1;                     // IFLA_INFO_KIND

    internal byte Family;
    internal byte Padding;
    internal ushort Type;       // ARPHRD_
    internal int Index;
    internal uint Flags;        // IFF_
    internal uint Change;
}
