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
        var tcp = bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(5)).ToPacket()[40..];
        bench.Engine.Receive(TestSegment.Wrap(bench.Peer, bench.Local, 60, [6, 0, type, 4, 0, 0, 0, 0, .. tcp]), bench.Now);
        Assert.Equal(taken ? 5 : 0, bench.ReadAll().Length);
    }

    [Fact, Trait("RFC", "8200 4.1")]
    public void Ipv6_HopByHop_BehindAnotherHeader_IsNotTaken()
    {
        var bench = Accepted(v6: true);
        var tcp = bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(5)).ToPacket()[40..];
        bench.Engine.Receive(TestSegment.Wrap(bench.Peer, bench.Local, 60, [0, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0, .. tcp]), bench.Now);
        Assert.Empty(bench.ReadAll());
    }

    [Fact, Trait("RFC", "8200 4.4")]
    public void Ipv6_RoutingHeader_WithNoSegmentsLeft_IsSkipped()
    {
        var bench = Accepted(v6: true);
        var tcp = bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(5)).ToPacket()[40..];
        bench.Engine.Receive(TestSegment.Wrap(bench.Peer, bench.Local, 43, [6, 0, 9, 0, 0, 0, 0, 0, .. tcp]), bench.Now);
        Assert.Equal(5, bench.ReadAll().Length);
    }

    [Fact, Trait("RFC", "8200 4.5; 6946")]
    public void Ipv6_AtomicFragment_IsAWholePacket()
    {
        var bench = Accepted(v6: true);
        var tcp = bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(5)).ToPacket()[40..];
        bench.Engine.Receive(TestSegment.Wrap(bench.Peer, bench.Local, 44, [6, 0, 0, 0, 0, 0, 0, 9, .. tcp]), bench.Now);
        Assert.Equal(5, bench.ReadAll().Length);
    }
}
