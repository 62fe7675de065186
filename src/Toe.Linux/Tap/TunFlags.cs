namespace Toe.Linux;

/// <summary>Flags of TUNSETIFF. Source: linux/if_tun.h.</summary>
internal static class TunFlags
{
    internal const short Tap = 0x0002;                  // IFF_TAP
    internal const short MultiQueue = 0x0100;           // IFF_MULTI_QUEUE
    internal const short NoPacketInformation = 0x1000;  // IFF_NO_PI
    internal const short VirtioHeader = 0x4000;         // IFF_VNET_HDR
    internal const short Exclusive = unchecked((short)0x8000);  // IFF_TUN_EXCL: refuse an interface that exists already
}
