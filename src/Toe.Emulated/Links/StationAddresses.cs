using System.Net.Sockets;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>A station's addresses and routes: its prefixes, and one gateway a family.</summary>
internal sealed class StationAddresses
{
    private readonly InterfaceAddress[] _addresses;
    private readonly AddressValue? _gateway4;
    private readonly AddressValue? _gateway6;

    internal StationAddresses(TapLinkOptions options)
    {
        _addresses = [.. options.Addresses];
        foreach (var gateway in options.Gateways)
        {
            if (gateway.AddressFamily == AddressFamily.InterNetwork)
                _gateway4 = AddressValue.From(gateway);
            else
                _gateway6 = AddressValue.From(gateway);
        }
    }

    internal ReadOnlySpan<InterfaceAddress> Own => _addresses;

    /// <summary>The neighbour that takes packets to a destination; null without a route.</summary>
    internal AddressValue? NextHop(AddressValue destination)
    {
        if (IsNeighbor(destination))
            return destination;
        return destination.IsV4 ? _gateway4 : _gateway6;
    }

    /// <summary>True for what is reached without a gateway.</summary>
    internal bool IsNeighbor(AddressValue address)
    {
        // fe80::/10 is on every link (RFC 4291 §2.5.6).
        if (address.High >> 54 == 0xFE80 >> 6)
            return true;
        foreach (var own in _addresses)
        {
            if (own.IsOnLink(address))
                return true;
        }

        return false;
    }

    internal bool IsOwn(AddressValue address)
    {
        foreach (var own in _addresses)
        {
            if (own.Value == address)
                return true;
        }

        return false;
    }

    /// <summary>True for the groups every IPv6 host is in (RFC 4291 §2.8).</summary>
    internal bool IsOwnGroup(AddressValue address)
    {
        if (address == NeighborMessage.AllNodes)
            return true;
        foreach (var own in _addresses)
        {
            if (NeighborMessage.SolicitedNode(own.Value) == address)
                return true;
        }

        return false;
    }

    internal bool IsBroadcast(AddressValue address)
    {
        if (address.IsLimitedBroadcast)
            return true;
        foreach (var own in _addresses)
        {
            if (own.Broadcast == address)
                return true;
        }

        return false;
    }

    /// <summary>The address in the neighbour's own prefix, else the first of its family.</summary>
    internal AddressValue SourceFor(AddressValue neighbor)
    {
        AddressValue? first = null;
        foreach (var own in _addresses)
        {
            if (own.IsOnLink(neighbor))
                return own.Value;
            if (first is null && own.Value.IsV4 == neighbor.IsV4)
                first = own.Value;
        }

        return first ?? neighbor.Any;
    }
}
