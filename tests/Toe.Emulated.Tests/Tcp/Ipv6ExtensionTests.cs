using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>What may stand between an IPv6 header and TCP: RFC 8200 §4.</summary>
public sealed class Ipv6ExtensionTests
{
    [Theory, Trait("RFC", "8200 4.2")]
    [InlineData(0x1e, true)]
    [InlineData(0x5e, false)]
    [InlineData(0x9e, false)]
    [InlineData(0xde, false)]
    public void Ipv6_UnknownOption_IsSkippedOrCostsThePacketAsItsTypeSays(byte type, bool taken)
    {
        var bench = Accepted(v6: true);
        Receive(bench, 60, [6, 0, type, 4, 0, 0, 0, 0]);
        Assert.Equal(taken ? 5 : 0, bench.ReadAll().Length);
    }

    [Fact, Trait("RFC", "8200 4.1")]
    public void Ipv6_HopByHop_BehindAnotherHeader_IsNotTaken()
    {
        var bench = Accepted(v6: true);
        Receive(bench, 60, [0, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]);
        Assert.Empty(bench.ReadAll());
    }

    [Fact, Trait("RFC", "8200 4.4")]
    public void Ipv6_RoutingHeader_WithNoSegmentsLeft_IsSkipped()
    {
        var bench = Accepted(v6: true);
        Receive(bench, 43, [6, 0, 9, 0, 0, 0, 0, 0]);
        Assert.Equal(5, bench.ReadAll().Length);
    }

    [Fact, Trait("RFC", "8200 4.5; 6946")]
    public void Ipv6_AtomicFragment_IsAWholePacket()
    {
        var bench = Accepted(v6: true);
        Receive(bench, 44, [6, 0, 0, 0, 0, 0, 0, 9]);
        Assert.Equal(5, bench.ReadAll().Length);
    }

    /// <summary>A segment of five bytes behind headers, the first of which is of a type.</summary>
    private static void Receive(Bench bench, byte type, byte[] headers)
    {
        var segment = bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(5)).ToPacket()[40..];
        bench.Engine.Receive(TestSegment.Wrap(bench.Peer, bench.Local, type, [.. headers, .. segment]), bench.Now);
    }
}
