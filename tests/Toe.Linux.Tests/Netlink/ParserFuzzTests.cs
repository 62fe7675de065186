using CsCheck;

namespace Toe.Linux.Tests;

/// <summary>No byte sequence makes a parser throw: garbage, and good messages cut or with bytes changed.</summary>
public sealed class ParserFuzzTests
{
    private static readonly byte[][] Good =
    [
        Bytes.Hex("""
            02 20 00 00 fe 00 00 01 00020000
            0800 0500 0a000001
            1600 1200 0a00 fe800000000000000000000000000001 0000
            1400 0880 0800 0200 78050000 0800 0800 50050000
            """),
        Bytes.Join(Bytes.Hex("00 00 0100 07000000 43100100 00000000"), Bytes.Attribute(3, Bytes.Text("eth0")), Bytes.Attribute(1, 1, 2,
            3, 4, 5, 6),
            Bytes.Attribute(18 | 0x8000, Bytes.Attribute(1, Bytes.Text("veth")))),
        Bytes.Hex("02 18 80 00 04000000 0800 0100 0a000009 0800 0200 0a000001 0800 0800 80000000"),
    ];

    private static readonly Gen<byte[]> Damaged =
        from start in Gen.Int[0, Good.Length - 1].Select(index => Good[index])
        from length in Gen.Int[0, start.Length]
        from changes in Gen.Select(Gen.Int[0, 255], Gen.Byte).Array[0, 6]
        select Damage(start, length, changes);

    private static readonly Gen<byte[]> Any = Gen.OneOf(Gen.Byte.Array[0, 200], Damaged);

    [Fact]
    public void Parsers_are_total() => Any.Sample(payload =>
    {
        _ = RouteParser.TryParse(payload, out _);
        _ = LinkParser.TryParse(payload, out _);
        _ = AddressParser.TryParse(payload, out _);
        foreach (ushort type in (ushort[])[2, 4, 16, 17, 20, 21, 24, 25, 99])
        {
            foreach (ushort flags in (ushort[])[0, 0x100, 0x200, 0x300])
            {
                var message = new NetlinkMessage(new() { Type = type, Flags = flags }, payload);
                _ = NetlinkChangeParser.TryParse(message, out _);
                NetlinkError.Parse(message);
            }
        }
    }, iter: 20_000);

    [Fact]
    public void The_reader_hands_out_only_what_is_there() => Any.Sample(datagram =>
    {
        var reader = new NetlinkReader(datagram);
        var seen = 0;
        while (reader.TryRead(out var message))
            seen += NetlinkMessageHeader.Size + message.Payload.Length;
        Assert.True(seen <= datagram.Length);
    }, iter: 20_000);

    private static byte[] Damage(byte[] start, int length, (int, byte)[] changes)
    {
        var copy = start[..length];
        foreach (var (at, value) in changes)
        {
            if (at < copy.Length)
                copy[at] = value;
        }

        return copy;
    }
}
