using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>A neighbour solicitation or advertisement that has passed the checks of RFC 4861 §7.1.</summary>
/// <param name="IsAdvertisement">An advertisement, else a solicitation.</param>
/// <param name="Target">The address asked for or told of.</param>
/// <param name="HardwareAddress">
/// The source's (solicitation) or target's (advertisement) link-layer address option; null without it.
/// </param>
/// <param name="IsSolicited">The solicited flag of an advertisement.</param>
/// <param name="IsOverride">The override flag of an advertisement.</param>
internal readonly record struct NeighborMessage(bool IsAdvertisement, AddressValue Target, ulong? HardwareAddress, bool IsSolicited, bool IsOverride)
{
    /// <summary>A message with one link-layer address option.</summary>
    internal const int Length = FixedLength + OptionLength;

    /// <summary>RFC 4861 §7.1: less would have passed a router.</summary>
    internal const byte HopLimit = 255;

    private const int FixedLength = 24;
    private const int OptionLength = 8;
    private const byte SourceOption = 1;
    private const byte TargetOption = 2;
    private const byte SolicitedFlag = 0x40;
    private const byte OverrideFlag = 0x20;

    // RFC 4291 §2.7.1: ff02::1:ff00:0/104
    private static readonly AddressValue SolicitedNodePrefix = new(0xFF02_0000_0000_0000, 0x0000_0001_FF00_0000);

    /// <summary>ff02::1 (RFC 4291 §2.7.1).</summary>
    internal static AddressValue AllNodes { get; } = new(0xFF02_0000_0000_0000, 1);

    internal static AddressValue SolicitedNode(in AddressValue address) =>
        SolicitedNodePrefix with { Low = SolicitedNodePrefix.Low | (address.Low & 0xFF_FFFF) };

    /// <summary>Reads and checks a message; false for everything RFC 4861 §7.1.1 and §7.1.2 have silently discarded.</summary>
    internal static bool TryRead(in IpHeader header, ReadOnlySpan<byte> message, out NeighborMessage neighbor)
    {
        neighbor = default;
        if (header.HopLimit != HopLimit || message.Length < FixedLength || message[1] != 0 || !header.IsIcmpChecksumRight(message))
            return false;
        var advertisement = message[0] == IcmpType.V6NeighborAdvertisement;
        var target = AddressValue.Read(message.Slice(8, 16));
        if (target.IsMulticast
            || !TryOption(message[FixedLength..], advertisement ? TargetOption : SourceOption, out var hardware))
            return false;
        var solicited = advertisement && (message[4] & SolicitedFlag) != 0;
        if (advertisement && solicited && header.Destination.IsMulticast)
            return false;
        // From the unspecified address: duplicate address detection, which has no address to tell and asks the solicited-node group.
        if (!advertisement && header.Source.IsUnspecified
            && (hardware is not null || SolicitedNode(header.Destination) != header.Destination))
            return false;
        neighbor = new(advertisement, target, hardware, solicited, advertisement && (message[4] & OverrideFlag) != 0);
        return true;
    }

    /// <summary>Writes the ICMP message without its checksum.</summary>
    internal void Write(Span<byte> message)
    {
        message[..Length].Clear();
        message[0] = IsAdvertisement ? IcmpType.V6NeighborAdvertisement : IcmpType.V6NeighborSolicitation;
        if (IsAdvertisement)
            message[4] = (byte)((IsSolicited ? SolicitedFlag : 0) | (IsOverride ? OverrideFlag : 0));
        Target.Write(message[8..]);
        message[FixedLength] = IsAdvertisement ? TargetOption : SourceOption;
        message[FixedLength + 1] = 1;
        HardwareAddressValue.Write(HardwareAddress ?? 0, message[(FixedLength + 2)..]);
    }

    // RFC 4861 §4.6: lengths in units of eight bytes; one of length zero discards the whole message.
    private static bool TryOption(ReadOnlySpan<byte> options, byte wanted, out ulong? hardware)
    {
        hardware = null;
        while (!options.IsEmpty)
        {
            if (options.Length < OptionLength || options[1] == 0 || options[1] * OptionLength > options.Length)
                return false;
            if (options[0] == wanted && options[1] == 1)
            {
                hardware = HardwareAddressValue.Read(options[2..]);
                if (HardwareAddressValue.IsGroup(hardware.Value))
                    return false;
            }

            options = options[(options[1] * OptionLength)..];
        }

        return true;
    }
}
