namespace Toe;

/// <summary>Takes the packets of a capture. Called on the threads that carry them, several at a time: it copies or counts a loss, and neither blocks, allocates nor throws.</summary>
public interface ICaptureReceiver
{
    /// <summary>The most bytes of a packet that anybody wants; a packet may be given whole all the same.</summary>
    int MaximumPacket { get; }

    /// <summary>Takes one packet, as the adapter's TCP sends or receives it: with offloads it may stand for several segments, and its checksum may not be made yet.</summary>
    /// <param name="isOutbound">True for a packet that the adapter sends.</param>
    /// <param name="first">The packet, or its first part.</param>
    /// <param name="second">What follows it; may be empty.</param>
    /// <param name="third">What follows that; may be empty.</param>
    void Captured(bool isOutbound, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third);

    /// <summary>The adapter lost packets of the capture by itself.</summary>
    /// <param name="count">How many since it last said so.</param>
    void Lost(long count);
}
