using System.Buffers.Binary;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>An ARP message for IPv4 over Ethernet. Source: RFC 826.</summary>
internal readonly record struct ArpMessage(int Operation, ulong SenderHardware, AddressValue SenderAddress, ulong TargetHardware, AddressValue TargetAddress)
{
    internal const int Length = 28;
    internal const int Request = 1;
    internal const int Reply = 2;

    // Hardware Ethernet (1), protocol IPv4 (0x0800), address lengths 6 and 4.
    private const ulong Ethernet = 0x0001_0800_0604;

    internal static bool TryRead(ReadOnlySpan<byte> payload, out ArpMessage message)
    {
        message = default;
        if (payload.Length < Length || HardwareAddressValue.Read(payload) != Ethernet)
            return false;
        message = new(
            BinaryPrimitives.ReadUInt16BigEndian(payload[6..]),
            HardwareAddressValue.Read(payload[8..]),
            AddressValue.Read(payload.Slice(14, 4)),
            HardwareAddressValue.Read(payload[18..]),
            AddressValue.Read(payload.Slice(24, 4)));
        return message.Operation is Request or Reply;
    }

    internal void Write(Span<byte> payload)
    {
        HardwareAddressValue.Write(Ethernet, payload);
        BinaryPrimitives.WriteUInt16BigEndian(payload[6..], (ushort)Operation);
        HardwareAddressValue.Write(SenderHardware, payload[8..]);
        SenderAddress.Write(payload[14..]);
        HardwareAddressValue.Write(TargetHardware, payload[18..]);
        TargetAddress.Write(payload[24..]);
    }
}
