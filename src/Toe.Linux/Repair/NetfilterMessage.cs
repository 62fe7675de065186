using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct nfgenmsg</c>. Source: linux/netfilter/nfnetlink.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetfilterMessage
{
    internal byte Family;
    internal byte Version; // NFNETLINK_V0 is 0
    internal ushort Resource;
}
