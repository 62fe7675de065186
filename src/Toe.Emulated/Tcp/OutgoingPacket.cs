namespace Toe.Emulated.Tcp;

/// <summary>
/// One IPv4 or IPv6 packet on its way out, in up to three pieces that lie where they are kept: nothing is copied until somebody must.
/// </summary>
/// <remarks>
/// With <see cref="TcpEngineOptions.SegmentationLimit"/> it may stand for several TCP segments: whoever sends it cuts it as TCP segmentation
/// offload does (every segment gets the headers, its own sequence number, lengths and checksum; PSH and FIN stay on the last one).
/// </remarks>
public readonly ref struct OutgoingPacket
{
    /// <summary>A whole packet in one piece with nothing left to do.</summary>
    /// <param name="packet">The packet, its checksums filled in.</param>
    public OutgoingPacket(ReadOnlySpan<byte> packet) => Header = packet;

    /// <summary>A packet in pieces.</summary>
    /// <param name="header">The IP and TCP headers, options included.</param>
    /// <param name="payload">The payload, or its first part.</param>
    /// <param name="payloadContinued">The rest of the payload.</param>
    /// <param name="segmentSize">See <see cref="SegmentSize"/>.</param>
    /// <param name="checksumIsPartial">See <see cref="ChecksumIsPartial"/>.</param>
    public OutgoingPacket(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> payloadContinued, int segmentSize,
        bool checksumIsPartial)
    {
        Header = header;
        Payload = payload;
        PayloadContinued = payloadContinued;
        SegmentSize = segmentSize;
        ChecksumIsPartial = checksumIsPartial;
    }

    /// <summary>The IP and TCP headers, options included; of a packet in one piece, all of it.</summary>
    public ReadOnlySpan<byte> Header { get; }

    /// <summary>The payload, or its first part.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>What follows <see cref="Payload"/>.</summary>
    public ReadOnlySpan<byte> PayloadContinued { get; }

    /// <summary>The payload bytes of each segment the packet is to be cut into; 0, or not less than the payload: one packet.</summary>
    public int SegmentSize { get; }

    /// <summary>
    /// True when the TCP checksum field holds the pseudo-header's sum only, its length included, folded and not complemented: the link or
    /// its device adds the rest. The IPv4 header's checksum is always right.
    /// </summary>
    public bool ChecksumIsPartial { get; }

    /// <summary>Bytes of the whole packet.</summary>
    public int Length => Header.Length + Payload.Length + PayloadContinued.Length;

    /// <summary>True when the packet stands for several segments.</summary>
    public bool IsSegmented => SegmentSize > 0 && Payload.Length + PayloadContinued.Length > SegmentSize;

    /// <summary>Copies the packet.</summary>
    /// <param name="destination">Takes <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void CopyTo(Span<byte> destination)
    {
        Header.CopyTo(destination);
        Payload.CopyTo(destination[Header.Length..]);
        PayloadContinued.CopyTo(destination[(Header.Length + Payload.Length)..]);
    }

    /// <summary>The packet in an array of its own.</summary>
    public byte[] ToArray()
    {
        var packet = GC.AllocateUninitializedArray<byte>(Length);
        CopyTo(packet);
        return packet;
    }
}
