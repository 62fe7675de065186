namespace Toe.Emulated.Links;

/// <summary>ICMP types. Source: RFC 792, RFC 4443, RFC 4861.</summary>
internal static class IcmpType
{
    internal const byte EchoReply = 0;
    internal const byte Unreachable = 3;
    internal const byte EchoRequest = 8;
    internal const byte TimeExceeded = 11;
    internal const byte ParameterProblem = 12;

    internal const byte V6FirstError = 1;               // destination unreachable
    internal const byte V6LastError = 4;                // parameter problem
    internal const byte V6EchoRequest = 128;
    internal const byte V6EchoReply = 129;
    internal const byte V6NeighborSolicitation = 135;
    internal const byte V6NeighborAdvertisement = 136;
}
