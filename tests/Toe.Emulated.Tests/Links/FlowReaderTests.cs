using CsCheck;
using Toe.Emulated.Links;

namespace Toe.Emulated.Tests.Links;

public sealed class FlowReaderTests
{
    [Fact]
    public void Skips_IPv6_extension_headers()
    {
        var tcp = Packets.Tcp("[fd00::9]:5", "[fd00::1]:80");
        byte[] extended = [.. tcp[..6], 60, .. tcp[7..40], 6, 0, 1, 4, 0, 0, 0, 0, .. tcp[40..]];
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
