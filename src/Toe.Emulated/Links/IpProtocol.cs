namespace Toe.Emulated.Links;

/// <summary>Protocol numbers. Source: IANA protocol numbers; RFC 8200 for IPv6's extension headers.</summary>
internal static class IpProtocol
{
    internal const int V6HopByHop = 0;
    internal const int Icmp = 1;
    internal const int Tcp = 6;
    internal const int Udp = 17;
    internal const int V6Routing = 43;
    internal const int V6Fragment = 44;
    internal const int IcmpV6 = 58;
    internal const int V6DestinationOptions = 60;
}
