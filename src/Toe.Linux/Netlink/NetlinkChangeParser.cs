namespace Toe.Linux;

/// <summary>Turns a multicast message into a change.</summary>
internal static class NetlinkChangeParser
{
    /// <summary>False for messages that are of no interest; one that should be but cannot be read becomes a resync.</summary>
    internal static bool TryParse(NetlinkMessage message, out NetlinkChange change)
    {
        change = new NetlinkChange(NetlinkChangeKind.Resync);
        switch (message.Header.Type)
        {
            case RouteMessageType.NewLink or RouteMessageType.DeleteLink:
                // Bridges report their ports' state under their own family; the plain message comes too.
                if (message.Payload.Length > 0 && message.Payload[0] != 0)
                    return false;
                if (LinkParser.TryParse(message.Payload, out var link))
                    change = new(Choose(message, RouteMessageType.NewLink, NetlinkChangeKind.LinkChanged), Link: link);
                return true;
            case RouteMessageType.NewAddress or RouteMessageType.DeleteAddress:
                if (AddressParser.TryParse(message.Payload, out var address))
                    change = new(Choose(message, RouteMessageType.NewAddress, NetlinkChangeKind.AddressChanged), Address: address);
                return true;
            case RouteMessageType.NewRoute or RouteMessageType.DeleteRoute:
                if (RouteParser.TryParse(message.Payload, out var route))
                    change = new(Choose(message, RouteMessageType.NewRoute, NetlinkChangeKind.RouteChanged), Route: route);
                return true;
            case NetlinkMessageHeader.Overrun:
                return true;
            default:
                return false;
        }
    }

    private static NetlinkChangeKind Choose(NetlinkMessage message, ushort newType, NetlinkChangeKind changed) =>
        message.Header.Type == newType ? changed : changed + 1;
}
