using System.Net.Sockets;

namespace Toe.Emulated.Links;

/// <summary>A station's addresses and routes: its prefixes, and one gateway a family.</summary>
internal sealed class StationAddresses
{
    private readonly InterfaceAddress[] _addresses;
    private readonly UInt128? _gateway4;
    private readonly UInt128? _gateway6;

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
    internal UInt128? NextHop(UInt128 destination)
    {
        if (IsNeighbor(destination))
            return destination;
        return AddressValue.IsIPv4(destination) ? _gateway4 : _gateway6;
    }

    /// <summary>True for what is reached without a gateway.</summary>
    internal bool IsNeighbor(UInt128 address)
    {
        // fe80::/10 is on every link (RFC 4291 §2.5.6).
        if (address >> 118 == 0xFE80 >> 6)
            return true;
        foreach (var own in _addresses)
        {
            if (own.IsOnLink(address))
                return true;
        }

        return false;
    }

    internal bool IsOwn(UInt128 address)
    {
        foreach (var own in _addresses)
        {
            if (own.Value == address)
                return true;
        }

        return false;
    }

    /// <summary>True for the groups every IPv6 host is in (RFC 4291 §2.8).</summary>
    internal bool IsOwnGroup(UInt128 address)
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

    internal bool IsBroadcast(UInt128 address)
    {
        if (AddressValue.IsIPv4(address) && (uint)address == uint.MaxValue)
            return true;
        foreach (var own in _addresses)
        {
            if (own.Broadcast != UInt128.Zero && own.Broadcast == address)
                return true;
        }

        return false;
    }

    /// <summary>The address in the neighbour's own prefix, else the first of its family.</summary>
    internal UInt128 SourceFor(UInt128 neighbor)
    {
        UInt128? first = null;
        foreach (var own in _addresses)
        {
            if (own.IsOnLink(neighbor))
                return own.Value;
            if (first is null && AddressValue.IsIPv4(own.Value) == AddressValue.IsIPv4(neighbor))
                first = own.Value;
        }

        return first ?? AddressValue.AnyOf(neighbor);
    }
}
