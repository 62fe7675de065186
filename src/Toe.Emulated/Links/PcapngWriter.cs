using System.Buffers.Binary;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>
/// Writes IP packets as a pcapng section with one interface, in blocks gathered in a buffer. Source: draft-ietf-opsawg-pcapng; link types:
/// https://www.tcpdump.org/linktypes.html.
/// </summary>
internal sealed class PcapngWriter
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const ushort RawIp = 101; // LINKTYPE_RAW: begins with the IP header.
    private const ushort TimestampResolution = 9; // if_tsresol
    private const byte Nanoseconds = 9;
    private const ushort PacketFlags = 2; // epb_flags
    private const uint Inbound = 1;
    private const uint Outbound = 2;
    private const int PacketOverhead = 44;
    private const int BufferSize = 256 * 1024;

    private readonly Stream _stream;
    private readonly byte[] _buffer;
    private int _used;

    /// <summary>Bytes before the first packet.</summary>
    internal const int HeaderSize = 60;

    /// <summary>Begins the section.</summary>
    internal PcapngWriter(Stream stream, int largestPacket)
    {
        _stream = stream;
        _buffer = new byte[Math.Max(BufferSize, largestPacket + PacketOverhead)];
        WriteSectionHeader();
        WriteInterface();
        Length = _used;
    }

    /// <summary>Bytes written so far, the buffered ones included.</summary>
    internal long Length { get; private set; }

    /// <summary>Bytes a packet of this length takes.</summary>
    internal static int SizeOf(int packet) => PacketOverhead + Padded(packet);

    /// <summary>Writes one packet.</summary>
    /// <exception cref="IOException">The stream failed, with whatever it throws.</exception>
    internal void Write(in OutgoingPacket packet, long unixNanoseconds, bool outbound)
    {
        var size = SizeOf(packet.Length);
        if (size > _buffer.Length - _used)
            Flush();
        var block = _buffer.AsSpan(_used, size);
        Put(block, EnhancedPacket, (uint)size, 0, (uint)(unixNanoseconds >> 32), (uint)unixNanoseconds, (uint)packet.Length, (uint)packet.Length);
        packet.CopyTo(block[28..]);
        block[(28 + packet.Length)..(28 + Padded(packet.Length))].Clear();
        Put(block[(28 + Padded(packet.Length))..], Option(PacketFlags, 4), outbound ? Outbound : Inbound, 0, (uint)size);
        _used += size;
        Length += size;
    }

    /// <summary>Hands what is buffered to the stream.</summary>
    internal void Flush()
    {
        if (_used == 0)
            return;
        var used = _used;
        _used = 0; // Bytes that failed are not tried again.
        _stream.Write(_buffer, 0, used);
        _stream.Flush();
    }

    private void WriteSectionHeader()
    {
        const uint size = 28;
        const uint version = 1; // 1.0: the major number in the low half.
        Put(_buffer, SectionHeader, size, ByteOrderMagic, version, uint.MaxValue, uint.MaxValue, size);
        _used = (int)size;
    }

    private void WriteInterface()
    {
        const uint size = 32;
        Put(_buffer.AsSpan(_used), InterfaceDescription, size, RawIp, 0, Option(TimestampResolution, 1), Nanoseconds, 0, size);
        _used += (int)size;
    }

    private static uint Option(ushort code, ushort length) => code | (uint)length << 16;

    private static int Padded(int length) => (length + 3) & ~3;

    private static void Put(Span<byte> bytes, params ReadOnlySpan<uint> words)
    {
        foreach (var word in words)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            bytes = bytes[4..];
        }
    }
}
