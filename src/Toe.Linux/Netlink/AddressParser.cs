using System.Net;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>Reads RTM_NEWADDR and RTM_DELADDR. Total: anything truncated or of a wrong length is refused.</summary>
internal static class AddressParser
{
    internal static bool TryParse(ReadOnlySpan<byte> payload, out AddressEntry? entry)
    {
        entry = null;
        if (payload.Length < InterfaceAddressMessage.Size)
            return false;
        var message = MemoryMarshal.Read<InterfaceAddressMessage>(payload);
        IPAddress? address = null, local = null;
        uint flags = message.Flags;
        var reader = new AttributeReader(payload[InterfaceAddressMessage.Size..]);
        while (reader.TryRead(out var type, out var value))
        {
            var good = type switch
            {
                InterfaceAddressMessage.AttributeAddress => RouteParser.TryAddress(message.Family, value, out address),
                InterfaceAddressMessage.AttributeLocal => RouteParser.TryAddress(message.Family, value, out local),
                InterfaceAddressMessage.AttributeFlags => reader.TryGetUInt32(value, out flags),
                _ => true,
            };
            if (!good)
                return false;
        }

        var own = local ?? address;
        var bits = message.Family == Libc.FamilyInternet ? 32 : 128;
        if (reader.IsMalformed || own is null || message.PrefixLength > bits || message.Index is 0 or > int.MaxValue)
            return false;
        if (own.IsIPv6LinkLocal)
            own = new IPAddress(own.GetAddressBytes(), message.Index);
        entry = new AddressEntry
        {
            InterfaceIndex = (int)message.Index,
            Address = own,
            PrefixLength = message.PrefixLength,
            Peer = local is not null && address is not null && !local.Equals(address) ? address : null,
            Scope = message.Scope,
            Flags = flags,
        };
        return true;
    }
}
