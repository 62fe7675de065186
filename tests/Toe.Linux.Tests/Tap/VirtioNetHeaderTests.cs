using CsCheck;

namespace Toe.Linux.Tests;

/// <summary>Virtio-net headers by hand, from linux/virtio_net.h.</summary>
public sealed class VirtioNetHeaderTests
{
    [Fact]
    public void Lies_on_the_wire_as_the_kernels_structure_does()
    {
        var header = new VirtioNetHeader
        {
            ChecksumIsPartial = true,
            Segmentation = VirtioNetSegmentation.TcpV4,
            HasCongestionMark = true,
            HeaderLength = 66,
            SegmentSize = 1448,
            ChecksumStart = 34,
            ChecksumOffset = 16,
        };
        var bytes = new byte[VirtioNetHeader.Length];

        header.Write(bytes);

        // flags NEEDS_CSUM, gso_type TCPV4|ECN, then hdr_len, gso_size, csum_start and csum_offset in the host's order.
        byte[] expected = [1, 0x81, .. BitConverter.GetBytes((ushort)66), .. BitConverter.GetBytes((ushort)1448),
            .. BitConverter.GetBytes((ushort)34), .. BitConverter.GetBytes((ushort)16)];
        Assert.Equal(expected, bytes);
        Assert.True(VirtioNetHeader.TryRead(bytes, out var read));
        Assert.Equal(header, read);
    }

    [Theory]
    [InlineData(0, 0, 0, true)] // GSO_NONE
    [InlineData(1, 0, 1448, true)] // NEEDS_CSUM without segmentation: the size means nothing.
    [InlineData(2, 1, 1448, true)] // DATA_VALID, TCPV4
    [InlineData(4, 4, 1428, true)] // RSC_INFO is no concern; TCPV6
    [InlineData(1, 0x84, 1428, true)] // TCPV6 with ECN
    [InlineData(1, 3, 1480, true)] // UDP
    [InlineData(1, 5, 1472, true)] // UDP_L4
    [InlineData(1, 1, 0, false)]
    [InlineData(1, 2, 1448, false)]
    [InlineData(1, 6, 1448, false)]
    [InlineData(1, 0x7f, 1448, false)]
    public void Kinds_that_are_unknown_or_have_no_size_are_refused(byte flags, byte kind, ushort size, bool readable)
    {
        byte[] bytes = [flags, kind, 0, 0, .. BitConverter.GetBytes(size), 0, 0, 0, 0];

        Assert.Equal(readable, VirtioNetHeader.TryRead(bytes, out var header));
        if (readable)
            Assert.Equal(((flags & 1) != 0, (flags & 2) != 0), (header.ChecksumIsPartial, header.ChecksumIsVerified));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Byte.Array[0, 20].Sample(bytes =>
    {
        if (!VirtioNetHeader.TryRead(bytes, out var header))
            return;
        var written = new byte[VirtioNetHeader.Length];
        header.Write(written);
        Assert.True(VirtioNetHeader.TryRead(written, out var again));
        Assert.Equal(header, again);
    });

    [Fact]
    public void A_short_buffer_is_the_callers_mistake() =>
        Assert.Throws<ArgumentException>(() => default(VirtioNetHeader).Write(new byte[VirtioNetHeader.Length - 1]));
}
