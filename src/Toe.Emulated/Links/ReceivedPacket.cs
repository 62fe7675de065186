namespace Toe.Emulated.Links;

/// <summary>A packet that a link gives, where it lies.</summary>
public readonly ref struct ReceivedPacket
{
    /// <summary>Names a packet.</summary>
    /// <param name="bytes">The whole IP packet.</param>
    /// <param name="checksumIsVerified">See <see cref="ChecksumIsVerified"/>.</param>
    public ReceivedPacket(ReadOnlySpan<byte> bytes, bool checksumIsVerified)
    {
        Bytes = bytes;
        ChecksumIsVerified = checksumIsVerified;
    }

    /// <summary>The whole IP packet: in the buffer that the link was given, or in the link's own memory until its owner calls it again.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Bytes of the packet.</summary>
    public int Length => Bytes.Length;

    /// <summary>
    /// True when the TCP checksum needs no look: it was found good, or the packet comes from this machine's memory and never had one.
    /// </summary>
    public bool ChecksumIsVerified { get; }
}
