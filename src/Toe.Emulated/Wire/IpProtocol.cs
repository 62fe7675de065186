namespace Toe.Emulated.Wire;

/// <summary>Protocol and next-header numbers (IANA) the engine meets.</summary>
internal static class IpProtocol
{
    public const byte HopByHopOptions = 0;
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Routing = 43;
    public const byte Fragment = 44;
    public const byte IcmpV6 = 58;
    public const byte DestinationOptions = 60;
}
