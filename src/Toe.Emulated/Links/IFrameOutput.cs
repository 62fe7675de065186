using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>Takes a station's Ethernet frames.</summary>
internal interface IFrameOutput
{
    /// <summary>Transmits one frame; false and a cause when it was not taken.</summary>
    bool TryTransmit(ReadOnlySpan<byte> header, in OutgoingPacket payload, out LinkDropCause cause);

    /// <summary>Passes on what a neighbour said: stations that share the addresses must hear it too, and it is said once.</summary>
    void Tell(in NeighborNews news);
}
