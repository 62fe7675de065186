using System.Net;
using System.Net.NetworkInformation;

namespace Toe.Linux;

/// <summary>A neighbour as rtnetlink reports it (RTM_NEWNEIGH). Source: linux/neighbour.h.</summary>
/// <param name="InterfaceIndex">The interface it is on.</param>
/// <param name="Address">Its address.</param>
/// <param name="State">What is known of it.</param>
/// <param name="HardwareAddress">Its hardware address; null while it is not known.</param>
public sealed record NeighbourEntry(int InterfaceIndex, IPAddress Address, NeighbourState State, PhysicalAddress? HardwareAddress)
{
    /// <summary>True when packets to it can be sent at once.</summary>
    public bool IsUsable => HardwareAddress is not null && (State & (NeighbourState.Incomplete | NeighbourState.Failed)) == NeighbourState.None && State != NeighbourState.None;
}
