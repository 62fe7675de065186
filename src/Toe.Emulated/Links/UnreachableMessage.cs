namespace Toe.Emulated.Links;

/// <summary>
/// Makes the ICMP destination-unreachable a station tells itself when a packet cannot leave it, so that the engine hears of it as of
/// any other. Source: RFC 792; RFC 1122 §3.2.2.1; RFC 4443 §3.1.
/// </summary>
internal static class UnreachableMessage
{
    private const int IcmpHeader = 8;
    private const int Quoted = 128;

    internal const int MostLength = IpHeader.IPv6Length + IcmpHeader + Quoted;

    private const byte V4Network = 0;
    private const byte V4Host = 1;
    private const byte V6NoRoute = 0;
    private const byte V6Address = 3;

    /// <summary>Writes the whole packet, from and to the source of the one that could not be sent, of which the headers are enough;
    /// returns its length.</summary>
    internal static int Write(Span<byte> buffer, in IpHeader header, ReadOnlySpan<byte> packet, bool noRoute)
    {
        var quoted = packet[..Math.Min(Math.Min(packet.Length, header.TotalLength), Quoted)];
        var icmp = buffer[(header.IsIPv4 ? IpHeader.IPv4Length : IpHeader.IPv6Length)..];
        icmp[..IcmpHeader].Clear();
        icmp[0] = header.IsIPv4 ? IcmpType.Unreachable : IcmpType.V6FirstError;
        icmp[1] = (header.IsIPv4, noRoute) switch
        {
            (true, true) => V4Network,
            (true, false) => V4Host,
            (false, true) => V6NoRoute,
            (false, false) => V6Address,
        };
        quoted.CopyTo(icmp[IcmpHeader..]);
        return IpHeader.WriteIcmp(buffer, header.Source, header.Source, IcmpHeader + quoted.Length);
    }
}
