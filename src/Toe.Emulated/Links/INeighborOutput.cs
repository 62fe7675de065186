using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>What a neighbour table asks of its station.</summary>
internal interface INeighborOutput
{
    /// <summary>Asks for a neighbour's hardware address: all stations, or the one that had it.</summary>
    void Solicit(AddressValue address, ulong? known);

    /// <summary>Sends an IP packet to a station.</summary>
    void Transmit(ulong hardware, in OutgoingPacket packet);

    /// <summary>Reports that a packet cannot be delivered.</summary>
    void GiveUp(in OutgoingPacket packet, LinkDropCause cause);
}
