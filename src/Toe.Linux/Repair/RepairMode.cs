namespace Toe.Linux;

/// <summary>The values of TCP_REPAIR. Source: linux/tcp.h.</summary>
internal static class RepairMode
{
    /// <summary>TCP_REPAIR_ON.</summary>
    internal const int On = 1;

    /// <summary>TCP_REPAIR_OFF: an established connection probes the peer at once.</summary>
    internal const int Off = 0;
}
