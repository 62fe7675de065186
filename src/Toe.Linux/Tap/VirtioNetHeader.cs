using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// What stands in front of a frame whose checksum or segmentation is left to the other side: <c>struct virtio_net_hdr</c> in the host's
/// byte order, as TAP devices have it.
/// </summary>
/// <remarks>
/// Source: linux/virtio_net.h; OASIS, Virtual I/O Device 1.2, §5.1.6. Offsets count from the first byte of the Ethernet header.
/// </remarks>
public readonly record struct VirtioNetHeader
{
    /// <summary>Its bytes on the wire.</summary>
    public const int Length = 10;

    private const byte NeedsChecksum = 1;    // VIRTIO_NET_HDR_F_NEEDS_CSUM
    private const byte DataIsValid = 2;      // VIRTIO_NET_HDR_F_DATA_VALID
    private const byte CongestionMark = 0x80; // VIRTIO_NET_HDR_GSO_ECN

    /// <summary>
    /// The frame's checksum is to be made: over everything from <see cref="ChecksumStart"/> on, its field at <see cref="ChecksumOffset"/>
    /// from there, where the sum of the pseudo-header stands.
    /// </summary>
    public bool ChecksumIsPartial { get; init; }

    /// <summary>The checksum was looked at and is right.</summary>
    public bool ChecksumIsVerified { get; init; }

    /// <summary>How the frame is to be cut.</summary>
    public VirtioNetSegmentation Segmentation { get; init; }

    /// <summary>CWR is set, which belongs to the first segment only (RFC 3168).</summary>
    public bool HasCongestionMark { get; init; }

    /// <summary>The bytes of all headers, which every segment gets. A hint, not to be trusted.</summary>
    public ushort HeaderLength { get; init; }

    /// <summary>The payload bytes of each segment.</summary>
    public ushort SegmentSize { get; init; }

    /// <summary>Where the sum begins.</summary>
    public ushort ChecksumStart { get; init; }

    /// <summary>Where the checksum's field is, from <see cref="ChecksumStart"/>.</summary>
    public ushort ChecksumOffset { get; init; }

    /// <summary>Reads a header. Total: no bytes throw.</summary>
    /// <param name="bytes">The first bytes of the header, or more.</param>
    /// <param name="header">The header.</param>
    /// <returns>
    /// False when there are fewer than <see cref="Length"/> bytes, the kind of segmentation is unknown, or there is one without a segment
    /// size: nobody can say what such a frame is.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out VirtioNetHeader header)
    {
        header = default;
        if (bytes.Length < Length)
            return false;
        header = new()
        {
            ChecksumIsPartial = (bytes[0] & NeedsChecksum) != 0,
            ChecksumIsVerified = (bytes[0] & DataIsValid) != 0,
            Segmentation = (VirtioNetSegmentation)(bytes[1] & ~CongestionMark),
            HasCongestionMark = (bytes[1] & CongestionMark) != 0,
            HeaderLength = MemoryMarshal.Read<ushort>(bytes[2..]),
            SegmentSize = MemoryMarshal.Read<ushort>(bytes[4..]),
            ChecksumStart = MemoryMarshal.Read<ushort>(bytes[6..]),
            ChecksumOffset = MemoryMarshal.Read<ushort>(bytes[8..]),
        };
        return header.Segmentation switch
        {
            VirtioNetSegmentation.None => true,
            VirtioNetSegmentation.TcpV4 or VirtioNetSegmentation.TcpV6 or VirtioNetSegmentation.UdpFragments or VirtioNetSegmentation.Udp =>
                header.SegmentSize > 0,
            _ => false,
        };
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">Takes <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is too short.</exception>
    public void Write(Span<byte> bytes)
    {
        if (bytes.Length < Length)
            throw new ArgumentException($"The header has {Length} bytes.", nameof(bytes));
        bytes[0] = (byte)((ChecksumIsPartial ? NeedsChecksum : 0) | (ChecksumIsVerified ? DataIsValid : 0));
        bytes[1] = (byte)((byte)Segmentation | (HasCongestionMark ? CongestionMark : 0));
        MemoryMarshal.Write(bytes[2..], HeaderLength);
        MemoryMarshal.Write(bytes[4..], SegmentSize);
        MemoryMarshal.Write(bytes[6..], ChecksumStart);
        MemoryMarshal.Write(bytes[8..], ChecksumOffset);
    }
}
