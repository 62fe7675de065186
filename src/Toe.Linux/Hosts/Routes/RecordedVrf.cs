using System.Runtime.InteropServices;

namespace Toe.Linux.Routes;

/// <summary>A VRF interface of a dump of links, and its table. Source: linux/if_link.h.</summary>
/// <param name="Index">The interface.</param>
/// <param name="Table">The table in which its members look routes up.</param>
internal readonly record struct RecordedVrf(int Index, long Table)
{
    private const ushort LinkInfo = 18;     // IFLA_LINKINFO
    private const ushort InfoKind = 1;      // IFLA_INFO_KIND
    private const ushort InfoData = 2;      // IFLA_INFO_DATA
    private const ushort VrfTable = 1;      // IFLA_VRF_TABLE

    /// <summary>Reads RTM_NEWLINK; null for every other interface, and for what is malformed.</summary>
    internal static RecordedVrf? TryParse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < InterfaceInfoMessage.Size || !TryFind(payload[InterfaceInfoMessage.Size..], LinkInfo, out var information)
            || !TryFind(information, InfoKind, out var kind) || !kind.TrimEnd((byte)0).SequenceEqual("vrf"u8)
            || !TryFind(information, InfoData, out var data) || !TryFind(data, VrfTable, out var table) || table.Length != sizeof(uint))
            return null;
        return new RecordedVrf(MemoryMarshal.Read<InterfaceInfoMessage>(payload).Index, MemoryMarshal.Read<uint>(table));
    }

    private static bool TryFind(ReadOnlySpan<byte> attributes, ushort wanted, out ReadOnlySpan<byte> found)
    {
        found = default;
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == wanted)
                found = value;
        }

        return !reader.IsMalformed && !found.IsEmpty;
    }
}
