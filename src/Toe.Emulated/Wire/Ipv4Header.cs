using System.Buffers.Binary;

namespace Toe.Emulated.Wire;

/// <summary>A view of an IPv4 header, RFC 791. <see cref="TryRead"/> has checked every length before the other members are used.</summary>
internal readonly ref struct Ipv4Header
{
    public const int MinimumLength = 20;

    /// <summary>"More fragments" and the fragment offset, the bits that make a packet a fragment.</summary>
    private const ushort FragmentBits = 0x3fff;
    private const ushort DoNotFragment = 0x4000;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv4Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public int HeaderLength => (_bytes[0] & 0x0f) * 4;

    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    public bool IsFragment => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & FragmentBits) != 0;

    public byte Protocol => _bytes[9];

    public AddressValue Source => AddressValue.FromV4(BinaryPrimitives.ReadUInt32BigEndian(_bytes[12..]));

    public AddressValue Destination => AddressValue.FromV4(BinaryPrimitives.ReadUInt32BigEndian(_bytes[16..]));

    public bool ChecksumIsValid => InternetChecksum.Finish(InternetChecksum.Add(0, _bytes[..HeaderLength])) == 0;

    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..TotalLength];

    /// <summary>Accepts a header whose lengths hold together; options are skipped by IHL (RFC 9293 MUST-50).</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out Ipv4Header header)
    {
        header = default;
        if (packet.Length < MinimumLength || packet[0] >> 4 != 4) return false;
        header = new Ipv4Header(packet);
        return header.HeaderLength >= MinimumLength && header.TotalLength >= header.HeaderLength && header.TotalLength <= packet.Length;
    }

    /// <summary>Writes a header without options: never fragmented, so the identification is 0 (RFC 6864).</summary>
    public static void Write(Span<byte> packet, int payloadLength, in AddressValue source, in AddressValue destination, byte protocol, byte trafficClass,
        byte timeToLive)
    {
        packet[0] = 0x45;
        packet[1] = trafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(MinimumLength + payloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], DoNotFragment);
        packet[8] = timeToLive;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
        source.WriteV4(packet[12..]);
        destination.WriteV4(packet[16..]);
        InternetChecksum.Store(packet[10..], InternetChecksum.Finish(InternetChecksum.Add(0, packet[..MinimumLength])));
    }
}
