using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Diagnostics;

/// <summary>The blocks of a capture, little-endian as the machines that this runs on. Source: draft-ietf-opsawg-pcapng.</summary>
internal static class PcapngBlocks
{
    public const uint SectionHeader = 0x0A0D0D0A;
    public const uint InterfaceDescription = 1;
    public const uint InterfaceStatistics = 5;
    public const uint EnhancedPacket = 6;

    /// <summary>What an <see cref="EnhancedPacket"/> has beside the packet.</summary>
    private const int PacketOverhead = 44;

    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const ushort EndOfOptions = 0;
    private const ushort InterfaceName = 2; // if_name
    private const ushort TimestampResolution = 9; // if_tsresol
    private const byte Nanoseconds = 9;
    private const ushort PacketFlags = 2; // epb_flags
    private const ushort PacketsReceived = 4; // isb_ifrecv
    private const ushort PacketsLost = 5; // isb_ifdrop
    private const int PacketAt = 28;
    private const int LostAt = 36; // Behind the interface's number, the time, the packets received, and the option's own header.

    /// <summary>The beginning of a section.</summary>
    public static byte[] Section() => Block(SectionHeader, body =>
    {
        body.Write(ByteOrderMagic);
        body.Write((ushort)1); // Version 1.0.
        body.Write((ushort)0);
        body.Write(-1L); // The section's length is not known.
    });

    /// <summary>An interface; they are numbered in order, from 0.</summary>
    public static byte[] Interface(CaptureLinkType linkType, string name, int maximumPacket) => Block(InterfaceDescription, body =>
    {
        body.Write((ushort)linkType);
        body.Write((ushort)0);
        body.Write(maximumPacket);
        Option(body, InterfaceName, Encoding.UTF8.GetBytes(name));
        Option(body, TimestampResolution, [Nanoseconds]);
        Option(body, EndOfOptions, []);
    });

    /// <summary>What became of an interface's packets.</summary>
    public static byte[] Statistics(int number, long unixNanoseconds, long received, long lost) => Block(InterfaceStatistics, body =>
    {
        body.Write(number);
        body.Write((uint)(unixNanoseconds >> 32));
        body.Write((uint)unixNanoseconds);
        Option(body, PacketsReceived, BitConverter.GetBytes(received));
        Option(body, PacketsLost, BitConverter.GetBytes(lost));
        Option(body, EndOfOptions, []);
    });

    /// <summary>What an interface lost, as <see cref="Statistics"/> wrote it.</summary>
    public static long LostOf(ReadOnlySpan<byte> statistics) => statistics.Length < LostAt + sizeof(long) ? 0 : MemoryMarshal.Read<long>(statistics[LostAt..]);

    /// <summary>The size of a packet's block.</summary>
    public static int SizeOf(int packet) => PacketOverhead + Padded(packet);

    /// <summary>Writes a packet's block but for its first word, into zeroes.</summary>
    public static void WritePacket(
        Span<byte> block, int number, long unixNanoseconds, bool isOutbound, int kept, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        Put(block[4..], (uint)block.Length, (uint)number, (uint)(unixNanoseconds >> 32), (uint)unixNanoseconds, (uint)kept, (uint)(first.Length + second.Length + third.Length));
        var room = block.Slice(PacketAt, kept);
        Append(Append(Append(room, first), second), third);
        var options = block[(PacketAt + Padded(kept))..];
        MemoryMarshal.Write(options, PacketFlags);
        MemoryMarshal.Write(options[2..], (ushort)4);
        Put(options[4..], isOutbound ? 2u : 1u, 0, (uint)block.Length); // Direction: inbound 1, outbound 2.
    }

    /// <summary>Writes as much as there is room for.</summary>
    /// <returns>The room behind it.</returns>
    private static Span<byte> Append(Span<byte> room, ReadOnlySpan<byte> part)
    {
        part = part[..Math.Min(part.Length, room.Length)];
        part.CopyTo(room);
        return room[part.Length..];
    }

    private static void Put(Span<byte> bytes, params ReadOnlySpan<uint> words) => MemoryMarshal.AsBytes(words).CopyTo(bytes);

    private static byte[] Block(uint type, Action<BinaryWriter> writeBody)
    {
        using var block = new MemoryStream();
        using var writer = new BinaryWriter(block);
        writer.Write(type);
        writer.Write(0);
        writeBody(writer);
        writer.Write(0);
        var bytes = block.ToArray();
        MemoryMarshal.Write(bytes.AsSpan(4), bytes.Length);
        MemoryMarshal.Write(bytes.AsSpan(bytes.Length - 4), bytes.Length);
        return bytes;
    }

    private static void Option(BinaryWriter body, ushort code, ReadOnlySpan<byte> value)
    {
        body.Write(code);
        body.Write((ushort)value.Length);
        body.Write(value);
        body.Write(stackalloc byte[Padded(value.Length) - value.Length]);
    }

    private static int Padded(int length) => (length + 3) & ~3;
}
