using CsCheck;
using Toe.Emulated.Links;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tests.Links;

public sealed class FlowReaderTests
{
    [Theory]
    [InlineData(60, "06 00 01 04 00 00 00 00")] // Destination options.
    [InlineData(44, "06 00 00 00 01 02 03 04")] // A fragment that is the whole packet.
    public void Skips_IPv6_extension_headers(byte type, string header)
    {
        var tcp = Packets.Tcp("[fd00::9]:5", "[fd00::1]:80");
        byte[] extended = [.. tcp[..6], type, .. tcp[7..40], .. Packets.Hex(header), .. tcp[40..]];
        extended[5] += 8;

        Assert.True(FlowReader.TryRead(extended, extended.Length, out var flow, out _));

        Assert.Equal((80, 5), (flow.LocalPort, flow.RemotePort));
    }

    [Fact]
    public void A_fragment_has_no_ports()
    {
        var packet = Packets.Tcp("10.0.0.9:5", "10.0.0.1:80");
        packet[6] = 0x20;

        Assert.False(FlowReader.TryRead(packet, packet.Length, out _, out var cause));

        Assert.Equal(LinkDropCause.Fragment, cause);
    }

    /// <summary>Or an engine would answer a connection of another one's with a reset.</summary>
    [Fact]
    public void Finds_the_flow_of_whatever_the_engine_takes_for_TCP()
    {
        var tcp = Packets.Tcp("[fd00::9]:5", "[fd00::1]:80", 1, 2);
        byte[] options = [60, 0, 1, 4, 0, 0, 0, 0];
        byte[] extended = [.. tcp[..6], 60, .. tcp[7..40], .. Enumerable.Repeat(options, 12).SelectMany(static header => header), 44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3, 4, .. tcp[40..]];
        extended[5] += 14 * 8;
        byte[][] good = [Packets.Tcp("10.0.0.9:5", "10.0.0.1:80", 1, 2), tcp, extended];
        var found = 0;
        Gen.OneOf(Gen.Int[0, good.Length - 1].Select(index => good[index]), Damaged(good)).Sample(packet =>
        {
            if (PacketParser.Parse(packet, checksumIsVerified: true, out var segment, out _) != ParseResult.Tcp)
                return;
            Assert.True(FlowReader.TryRead(packet, packet.Length, out var flow, out _));
            Assert.Equal(segment.Tuple, flow);
            found++;
        }, iter: 20_000, threads: 1);
        Assert.True(found > 5_000);
    }

    [Fact]
    public void Is_total()
    {
        byte[][] good =
        [
            Packets.Tcp("10.0.0.9:5", "10.0.0.1:80", 1, 2),
            Packets.Tcp("[fd00::9]:5", "[fd00::1]:80", 1, 2),
            Packets.Icmp("10.0.0.254", "10.0.0.9", [3, 1, 0, 0, 0, 0, 0, 0, .. Packets.Tcp("10.0.0.9:5", "10.0.0.1:80")]),
            Packets.Icmp("fd00::fe", "fd00::9", [1, 0, 0, 0, 0, 0, 0, 0, .. Packets.Tcp("[fd00::9]:5", "[fd00::1]:80")]),
        ];
        foreach (var packet in good)
            Assert.True(FlowReader.TryRead(packet, packet.Length, out _, out _));
        Gen.OneOf(Gen.Byte.Array[0, 120], Damaged(good)).Sample(packet =>
        {
            var found = FlowReader.TryRead(packet, packet.Length, out _, out var cause);
            Assert.True(found || cause is LinkDropCause.Malformed or LinkDropCause.Fragment or LinkDropCause.UnsupportedProtocol);
        }, iter: 20_000);
    }

    internal static Gen<byte[]> Damaged(byte[][] good) =>
        from start in Gen.Int[0, good.Length - 1].Select(index => good[index])
        from length in Gen.Int[0, start.Length]
        from changes in Gen.Select(Gen.Int[0, 120], Gen.Byte).Array[0, 6]
        select changes.Aggregate(start[..length], (copy, change) =>
        {
            if (change.Item1 < copy.Length)
                copy[change.Item1] = change.Item2;
            return copy;
        });
}
