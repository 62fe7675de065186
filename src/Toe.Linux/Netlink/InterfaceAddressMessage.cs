using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct ifaddrmsg</c>. Source: linux/if_addr.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InterfaceAddressMessage
{
    internal const int Size = 8;

    internal const ushort AttributeAddress = 1;     // IFA_ADDRESS: the peer's on point-to-point links
    internal const ushort AttributeLocal = 2;       // IFA_LOCAL
    internal const ushort AttributeFlags = 8;       // IFA_FLAGS: the 32-bit form of ifa_flags

    internal byte Family;
    internal byte PrefixLength;
    internal byte Flags;
    internal byte Scope;
    internal uint Index;
}
