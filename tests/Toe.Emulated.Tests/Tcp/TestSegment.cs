using System.Buffers.Binary;
using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>A TCP segment as the tests read and write it: hand-made, sharing nothing with the engine's own wire code.</summary>
internal sealed record TestSegment
{
    public const byte Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16, Urg = 32;
    public const byte TcpProtocol = 6;

    public IPAddress Source { get; init; } = IPAddress.Any;
    public IPAddress Destination { get; init; } = IPAddress.Any;
    public int SourcePort { get; init; }
    public int DestinationPort { get; init; }
    public uint Seq { get; init; }
    public uint AckNumber { get; init; }
    public byte Flags { get; init; }
    public ushort Window { get; init; } = 65535;
    public ushort UrgentPointer { get; init; }
    public byte[] Options { get; init; } = [];
    public byte[] Payload { get; init; } = [];
    public byte TimeToLive { get; init; } = 64;
    public byte TrafficClass { get; init; }
    public byte[] IpOptions { get; init; } = [];
    public ushort FragmentField { get; init; }
    public bool CorruptChecksum { get; init; }

    public bool Is(byte flags) => (Flags & ~Psh) == flags;

    public int? Mss => Option(2) is { } o ? o[0] << 8 | o[1] : null;

    public int? WindowScale => Option(3) is { } o ? o[0] : null;

    public (uint Value, uint Echo)? Timestamps =>
        Option(8) is { } o ? (BinaryPrimitives.ReadUInt32BigEndian(o), BinaryPrimitives.ReadUInt32BigEndian(o.AsSpan(4))) : null;

    /// <summary>The payload of each segment the packet stands for.</summary>
    public int SegmentSize { get; private init; }

    public bool DoNotFragment { get; private init; }

    private byte[]? Option(byte kind)
    {
        for (var i = 0; i < Options.Length && Options[i] != 0; i += Options[i] == 1 ? 1 : Options[i + 1])
            if (Options[i] == kind) return Options[(i + 2)..(i + Options[i + 1])];
        return null;
    }

    public byte[] ToPacket()
    {
        var v4 = Source.GetAddressBytes().Length == 4;
        var options = Pad(Options);
        var tcp = new byte[20 + options.Length + Payload.Length];
        Put16(tcp, 0, SourcePort);
        Put16(tcp, 2, DestinationPort);
        Put32(tcp, 4, Seq);
        Put32(tcp, 8, AckNumber);
        tcp[12] = (byte)((20 + options.Length) / 4 << 4);
        tcp[13] = Flags;
        Put16(tcp, 14, Window);
        Put16(tcp, 18, UrgentPointer);
        options.CopyTo(tcp, 20);
        Payload.CopyTo(tcp, 20 + options.Length);
        var sum = NaiveChecksum([.. Pseudo(Source, Destination, 6, tcp.Length), .. tcp]);
        Put16(tcp, 16, CorruptChecksum ? sum ^ 0x5555 : sum);
        return Wrap(Source, Destination, 6, tcp, TimeToLive, TrafficClass, v4 ? Pad(IpOptions) : [], FragmentField);
    }

    public static byte[] Wrap(IPAddress source, IPAddress destination, byte protocol, byte[] body, byte ttl = 64, byte tos = 0,
        byte[]? ipOptions = null, ushort fragment = 0)
    {
        var from = source.GetAddressBytes();
        var to = destination.GetAddressBytes();
        ipOptions ??= [];
        if (from.Length == 4)
        {
            var header = new byte[20 + ipOptions.Length];
            header[0] = (byte)(0x40 | header.Length / 4);
            header[1] = tos;
            Put16(header, 2, header.Length + body.Length);
            Put16(header, 6, fragment);
            header[8] = ttl;
            header[9] = protocol;
            from.CopyTo(header, 12);
            to.CopyTo(header, 16);
            ipOptions.CopyTo(header, 20);
            Put16(header, 10, NaiveChecksum(header));
            return [.. header, .. body];
        }
        var v6 = new byte[40];
        Put32(v6, 0, 0x60000000u | (uint)tos << 20);
        Put16(v6, 4, body.Length);
        v6[6] = protocol;
        v6[7] = ttl;
        from.CopyTo(v6, 8);
        to.CopyTo(v6, 24);
        return [.. v6, .. body];
    }

    /// <summary>Reads a packet the engine handed out, finishing its checksum where that is left to do.</summary>
    public static TestSegment Parse(in OutgoingPacket packet)
    {
        var bytes = packet.ToArray();
        if (packet.ChecksumIsPartial) FinishChecksum(bytes);
        return Parse(bytes) with { SegmentSize = packet.SegmentSize };
    }

    /// <summary>Adds the segment to the pseudo-header's sum, which must be in the field.</summary>
    private static void FinishChecksum(byte[] packet)
    {
        var v4 = packet[0] >> 4 == 4;
        var start = v4 ? 20 : 40;
        var source = new IPAddress(v4 ? packet[12..16] : packet[8..24]);
        var destination = new IPAddress(v4 ? packet[16..20] : packet[24..40]);
        var field = packet.AsSpan(start + 16, 2);
        Assert.Equal((ushort)~NaiveChecksum(Pseudo(source, destination, 6, packet.Length - start)), BinaryPrimitives.ReadUInt16BigEndian(field));
        BinaryPrimitives.WriteUInt16BigEndian(field, NaiveChecksum(packet.AsSpan(start)));
    }

    /// <summary>Reads a packet the engine sent; every length and checksum must be right.</summary>
    public static TestSegment Parse(ReadOnlySpan<byte> packet)
    {
        var bytes = packet.ToArray();
        IPAddress source, destination;
        byte[] tcp;
        byte ttl, tos;
        var df = false;
        if (bytes[0] >> 4 == 4)
        {
            Assert.Equal(0x45, bytes[0]);
            Assert.Equal(bytes.Length, bytes[2] << 8 | bytes[3]);
            Assert.Equal(6, bytes[9]);
            Assert.Equal(0, NaiveChecksum(bytes.AsSpan(0, 20)));
            source = new IPAddress(bytes[12..16]);
            destination = new IPAddress(bytes[16..20]);
            tcp = bytes[20..];
            ttl = bytes[8];
            tos = bytes[1];
            df = (bytes[6] & 0x40) != 0;
        }
        else
        {
            Assert.Equal(6, bytes[0] >> 4);
            Assert.Equal(bytes.Length - 40, bytes[4] << 8 | bytes[5]);
            Assert.Equal(6, bytes[6]);
            source = new IPAddress(bytes[8..24]);
            destination = new IPAddress(bytes[24..40]);
            tcp = bytes[40..];
            ttl = bytes[7];
            tos = (byte)(bytes[0] << 4 | bytes[1] >> 4);
        }
        Assert.Equal(0, NaiveChecksum([.. Pseudo(source, destination, 6, tcp.Length), .. tcp]));
        var header = tcp[12] >> 4 << 2;
        Assert.InRange(header, 20, tcp.Length);
        return new TestSegment
        {
            Source = source,
            Destination = destination,
            SourcePort = tcp[0] << 8 | tcp[1],
            DestinationPort = tcp[2] << 8 | tcp[3],
            Seq = BinaryPrimitives.ReadUInt32BigEndian(tcp.AsSpan(4)),
            AckNumber = BinaryPrimitives.ReadUInt32BigEndian(tcp.AsSpan(8)),
            Flags = tcp[13],
            Window = (ushort)(tcp[14] << 8 | tcp[15]),
            UrgentPointer = (ushort)(tcp[18] << 8 | tcp[19]),
            Options = tcp[20..header],
            Payload = tcp[header..],
            TimeToLive = ttl,
            TrafficClass = tos,
            DoNotFragment = df,
        };
    }

    /// <summary>The checksum as RFC 1071 tells it, two bytes at a time.</summary>
    public static ushort NaiveChecksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)bytes[i] << 8 | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (ushort)~sum;
    }

    public static byte[] Pseudo(IPAddress source, IPAddress destination, byte protocol, int length)
    {
        var from = source.GetAddressBytes();
        byte[] tail = from.Length == 4
            ? [0, protocol, (byte)(length >> 8), (byte)length]
            : [0, 0, (byte)(length >> 8), (byte)length, 0, 0, 0, protocol];
        return [.. from, .. destination.GetAddressBytes(), .. tail];
    }

    public static byte[] MssOption(int mss) => [2, 4, (byte)(mss >> 8), (byte)mss];

    public static byte[] ScaleOption(int shift) => [3, 3, (byte)shift];

    public static byte[] TimestampOption(uint value, uint echo)
    {
        var option = new byte[10];
        option[0] = 8;
        option[1] = 10;
        Put32(option, 2, value);
        Put32(option, 6, echo);
        return option;
    }

    public override string ToString()
    {
        var flags = string.Concat(((Flags & Syn) != 0 ? "S" : ""), (Flags & Fin) != 0 ? "F" : "", (Flags & Rst) != 0 ? "R" : "",
            (Flags & Psh) != 0 ? "P" : "", (Flags & Ack) != 0 ? "." : "");
        return $"{flags} seq {Seq} ack {AckNumber} win {Window} len {Payload.Length}";
    }

    private static byte[] Pad(byte[] options) => [.. options, .. new byte[(4 - options.Length % 4) % 4]];

    private static void Put16(byte[] bytes, int at, int value) => BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)value);

    private static void Put32(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), value);
}
