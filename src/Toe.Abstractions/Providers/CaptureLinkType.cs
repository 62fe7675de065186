namespace Toe;

/// <summary>How captured packets begin. The numbers are those of https://www.tcpdump.org/linktypes.html.</summary>
public enum CaptureLinkType
{
    /// <summary>With an Ethernet header: LINKTYPE_ETHERNET.</summary>
    Ethernet = 1,

    /// <summary>With the IPv4 or IPv6 header: LINKTYPE_RAW.</summary>
    RawIp = 101,
}
