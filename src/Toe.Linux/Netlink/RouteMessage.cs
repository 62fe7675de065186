using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct rtmsg</c>. Source: linux/rtnetlink.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RouteMessage
{
    internal const int Size = 12;
    internal const uint FlagLookupTable = 0x1000;       // RTM_F_LOOKUP_TABLE: report the table the lookup ended in

    internal const ushort AttributeDestination = 1;     // RTA_DST
    internal const ushort AttributeSource = 2;          // RTA_SRC
    internal const ushort AttributeOutput = 4;          // RTA_OIF
    internal const ushort AttributeGateway = 5;         // RTA_GATEWAY
    internal const ushort AttributePreferredSource = 7; // RTA_PREFSRC
    internal const ushort AttributeMetrics = 8;         // RTA_METRICS
    internal const ushort AttributeCacheInfo = 12;      // RTA_CACHEINFO
    internal const ushort AttributeTable = 15;          // RTA_TABLE
    internal const ushort AttributeMark = 16;           // RTA_MARK
    internal const ushort AttributeVia = 18;            // RTA_VIA
    internal const ushort AttributeUser = 25;           // RTA_UID
    internal const ushort AttributeProtocol = 27;       // RTA_IP_PROTO
    internal const ushort AttributeSourcePort = 28;     // RTA_SPORT
    internal const ushort AttributeDestinationPort = 29;    // RTA_DPORT
    internal const ushort MetricMtu = 2;                // RTAX_MTU
    internal const ushort MetricAdvertisedMss = 8;      // RTAX_ADVMSS

    internal byte Family;
    internal byte DestinationLength;
    internal byte SourceLength;
    internal byte TypeOfService;
    internal byte Table;
    internal byte Protocol;
    internal byte Scope;
    internal byte Type;
    internal uint Flags;
}
