using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Linux;

/// <summary>Reads RTM_NEWLINK and RTM_DELLINK. Total: anything truncated or of a wrong length is refused.</summary>
internal static class LinkParser
{
    internal static bool TryParse(ReadOnlySpan<byte> payload, out LinkEntry? link)
    {
        link = null;
        if (payload.Length < InterfaceInfoMessage.Size)
            return false;
        var message = MemoryMarshal.Read<InterfaceInfoMessage>(payload);
        string? name = null, kind = null;
        PhysicalAddress? address = null;
        uint mtu = 0, master = 0, lower = 0, space = 0;
        var hasSpace = false;
        var reader = new AttributeReader(payload[InterfaceInfoMessage.Size..]);
        while (reader.TryRead(out var type, out var value))
        {
            var good = true;
            switch (type)
            {
                case InterfaceInfoMessage.AttributeName:
                    good = TryText(value, out name);
                    break;
                case InterfaceInfoMessage.AttributeAddress:
                    address = value.IsEmpty ? null : new PhysicalAddress(value.ToArray());
                    break;
                case InterfaceInfoMessage.AttributeMtu:
                    good = reader.TryGetUInt32(value, out mtu);
                    break;
                case InterfaceInfoMessage.AttributeMaster:
                    good = reader.TryGetUInt32(value, out master);
                    break;
                case InterfaceInfoMessage.AttributeLink:
                    good = reader.TryGetUInt32(value, out lower);
                    break;
                case InterfaceInfoMessage.AttributeLinkNamespace:
                    good = hasSpace = reader.TryGetUInt32(value, out space);
                    break;
                case InterfaceInfoMessage.AttributeLinkInfo:
                    good = TryKind(value, out kind);
                    break;
            }

            if (!good)
                return false;
        }

        if (reader.IsMalformed || name is null || message.Index <= 0)
            return false;
        link = new LinkEntry
        {
            Index = message.Index,
            Name = name,
            Kind = kind,
            HardwareType = message.Type,
            Flags = (LinkFlags)message.Flags,
            Mtu = (int)Math.Min(mtu, int.MaxValue),
            HardwareAddress = address,
            Master = (int)master,
            LowerLink = (int)lower,
            LowerLinkNamespace = hasSpace ? (int)space : null,
        };
        return true;
    }

    private static bool TryKind(ReadOnlySpan<byte> value, out string? kind)
    {
        kind = null;
        var reader = new AttributeReader(value);
        while (reader.TryRead(out var type, out var info))
        {
            if (type == InterfaceInfoMessage.InfoKind && !TryText(info, out kind))
                return false;
        }

        return !reader.IsMalformed;
    }

    // Strings end with one zero, counted in the attribute.
    private static bool TryText(ReadOnlySpan<byte> value, out string? text)
    {
        var end = value.IndexOf((byte)0);
        text = end < 0 ? null : Encoding.UTF8.GetString(value[..end]);
        return text is { Length: > 0 };
    }
}
