using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>ICMP and IP: RFC 9293 §3.9.2, RFC 5461, RFC 5927, RFC 1191, RFC 8201, RFC 8200.</summary>
public sealed class IcmpTests
{
    [Theory, Trait("RFC", "9293 MUST-54, MUST-56; 5461")]
    [InlineData(2, SocketError.ProtocolNotSupported)]
    [InlineData(3, SocketError.ConnectionRefused)]
    [InlineData(13, SocketError.HostUnreachable)]
    public void SynSent_WhenTheErrorIsHard_Fails(byte code, SocketError error)
    {
        var bench = new Bench();
        var syn = bench.Connect();
        Inject(bench, syn, 3, code);
        Assert.Equal(error, bench.Events.Closed);
    }

    [Theory, Trait("RFC", "4443 3.1")]
    [InlineData(0, SocketError.NetworkUnreachable)]
    [InlineData(1, SocketError.AccessDenied)]
    [InlineData(2, SocketError.HostUnreachable)]
    [InlineData(3, SocketError.HostUnreachable)]
    [InlineData(4, SocketError.ConnectionRefused)]
    [InlineData(5, SocketError.AccessDenied)]
    [InlineData(6, SocketError.AccessDenied)]
    public void SynSent_OverIPv6_FailsWithTheHostsError(byte code, SocketError error)
    {
        var bench = new Bench(new TcpEngineOptions { AbortConnectOnSoftErrors = true }, v6: true);
        Inject(bench, bench.Connect(), 1, code);
        Assert.Equal(error, bench.Events.Closed);
    }

    [Theory, Trait("RFC", "9293 MUST-56, SHLD-25")]
    [InlineData(0, SocketError.NetworkUnreachable)]
    [InlineData(1, SocketError.HostUnreachable)]
    [InlineData(5, SocketError.HostUnreachable)]
    public void SynSent_WhenTheErrorIsSoft_RemembersItForTheTimeout(byte code, SocketError error)
    {
        var bench = new Bench();
        var syn = bench.Connect();
        Inject(bench, syn, 3, code);
        Assert.Equal(TcpState.SynSent, bench.Socket.State);
        bench.Elapse(180_000);
        Assert.Equal(error, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "5461")]
    public void SynSent_WhenConfigured_FailsAtASoftErrorToo()
    {
        var bench = new Bench(new TcpEngineOptions { AbortConnectOnSoftErrors = true });
        Inject(bench, bench.Connect(), 3, 1);
        Assert.Equal(SocketError.HostUnreachable, bench.Events.Closed);
    }

    [Theory, Trait("RFC", "9293 MUST-55, MUST-56; 5927")]
    [InlineData(3, 3)]
    [InlineData(3, 1)]
    [InlineData(11, 0)]
    [InlineData(4, 0)]
    public void Established_WhenAnyErrorArrives_Stays(byte type, byte code)
    {
        var bench = Accepted();
        bench.Write(10);
        var sent = bench.Next();
        Inject(bench, sent, type, code);
        Assert.Equal(TcpState.Established, bench.Socket.State);
        Assert.Equal(type != 4, bench.Socket.GetInfo().SoftError != SocketError.Success);
    }

    [Fact, Trait("RFC", "5927 4.1")]
    public void Error_AboutANumberNotInFlight_IsIgnored()
    {
        var bench = new Bench();
        var syn = bench.Connect();
        Inject(bench, syn with { Seq = syn.Seq + 1 }, 3, 3);
        Inject(bench, syn with { SourcePort = 1 }, 3, 3);
        Assert.Equal(TcpState.SynSent, bench.Socket.State);
        Assert.Equal(2, bench.Engine.Statistics.IcmpIgnored);
    }

    [Theory, Trait("RFC", "5927 4.1")]
    [InlineData(999, false)]
    [InlineData(1000, true)]
    [InlineData(2999, true)]
    [InlineData(3000, false)]
    public void Error_IsTakenAboutWhatIsInFlightOnly(long number, bool taken)
    {
        var bench = Accepted();
        bench.Write(3000);
        var sent = bench.Drain()[0];
        bench.Inject(Ack, 0, 1000);
        Inject(bench, sent with { Seq = (uint)(sent.Seq + number) }, 3, 1);
        Assert.Equal(taken ? SocketError.HostUnreachable : SocketError.Success, bench.Socket.GetInfo().SoftError);
    }

    [Theory, Trait("RFC", "1191; 8201; 5927 7.2")]
    [InlineData(false, 1000, 960)]
    [InlineData(false, 68, 536)]
    [InlineData(true, 1300, 1240)]
    [InlineData(true, 100, 1220)]
    public void PacketTooBig_LowersTheSegmentSizeToAFloorAndSendsAgain(bool v6, int mtu, int mss)
    {
        var bench = Accepted(options: TestSegment.MssOption(1460), v6: v6);
        bench.Write(1400);
        var sent = bench.Next();
        Inject(bench, sent, (byte)(v6 ? 2 : 3), (byte)(v6 ? 0 : 4), mtu);
        bench.Expect(Ack, 0, 0, mss);
        bench.Expect(Ack, mss, 0, Math.Min(mss, 1400 - mss));
        bench.Drain();
        Inject(bench, sent, (byte)(v6 ? 2 : 3), (byte)(v6 ? 0 : 4), 5000);
        bench.ExpectNothing();
    }

    [Fact]
    public void V6_PortUnreachable_RefusesAConnect()
    {
        var bench = new Bench(v6: true);
        Inject(bench, bench.Connect(), 1, 4);
        Assert.Equal(SocketError.ConnectionRefused, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "9293 MUST-50")]
    public void Ipv4_OptionsAreSkippedAndFragmentsDropped()
    {
        var bench = Accepted();
        var packet = bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(5));
        bench.Engine.Receive((packet with { IpOptions = [1, 1, 1, 1, 7, 4, 4, 0] }).ToPacket(), bench.Now);
        Assert.Equal(5, bench.ReadAll().Length);
        bench.Engine.Receive((packet with { FragmentField = 0x2000 }).ToPacket(), bench.Now);
        bench.Engine.Receive((packet with { FragmentField = 0x0005 }).ToPacket(), bench.Now);
        Assert.Equal(2, bench.Engine.Statistics.Fragments);
    }

    [Fact, Trait("RFC", "9293 MUST-2, MUST-3")]
    public void Checksum_WhenWrong_IsDropped()
    {
        var bench = Accepted();
        var packet = bench.Packet(Rst, PeerInitial + 1, 0) with { CorruptChecksum = true };
        bench.Engine.Receive(packet.ToPacket(), bench.Now);
        Assert.Equal(1, bench.Engine.Statistics.BadChecksum);
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }

    [Fact, Trait("RFC", "8200 4")]
    public void Ipv6_ExtensionHeadersAreSkippedWithinBounds()
    {
        var bench = Accepted(v6: true);
        var tcp = bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(5)).ToPacket()[40..];
        byte[] Wrapped(byte first, params byte[] headers) => TestSegment.Wrap(bench.Peer, bench.Local, first, [.. headers, .. tcp]);
        bench.Engine.Receive(Wrapped(0, [60, 0, 1, 4, 0, 0, 0, 0, 6, 1, .. new byte[14]]), bench.Now);
        Assert.Equal(5, bench.ReadAll().Length);
        bench.Engine.Receive(Wrapped(44, 6, 0, 0, 1, 0, 0, 0, 0), bench.Now);
        bench.Engine.Receive(Wrapped(43, 6, 0, 0, 1, 0, 0, 0, 0), bench.Now);
        bench.Engine.Receive(Wrapped(60, 6, 200, 0, 0, 0, 0, 0, 0), bench.Now);
        var statistics = bench.Engine.Statistics;
        Assert.Equal((1, 1, 1), (statistics.Fragments, statistics.UnknownProtocol, statistics.Malformed));
    }

    [Fact, Trait("RFC", "8200 4.1")]
    public void Ipv6_ExtensionHeaders_MayBeManyAndLong()
    {
        var bench = Accepted(v6: true);
        var tcp = bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(5)).ToPacket()[40..];
        var small = Enumerable.Repeat<byte[]>([60, 0, 1, 4, 0, 0, 0, 0], 99).SelectMany(static header => header);
        byte[] headers = [.. small, 6, 255, .. new byte[2046]];
        bench.Engine.Receive(TestSegment.Wrap(bench.Peer, bench.Local, 60, [.. headers, .. tcp]), bench.Now);
        Assert.Equal(Bytes(5), bench.ReadAll());
    }

    [Fact, Trait("RFC", "8200 4")]
    public void Ipv6_ExtensionHeader_CutAnywhere_IsMalformed()
    {
        var bench = Accepted(v6: true);
        byte[] header = [60, 1, 1, 12, .. new byte[12], 6, 0, 1, 4, 0, 0, 0, 0];
        for (var length = 0; length < header.Length; length++)
            bench.Engine.Receive(TestSegment.Wrap(bench.Peer, bench.Local, 0, header[..length]), bench.Now);
        Assert.Equal(header.Length, bench.Engine.Statistics.Malformed);
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }

    [Fact]
    public void LinkPadding_BehindThePacketIsIgnored()
    {
        var bench = Accepted();
        bench.Engine.Receive([.. bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(5)).ToPacket(), 9, 9, 9], bench.Now);
        Assert.Equal(Bytes(5), bench.ReadAll());
    }

    [Theory, Trait("RFC", "5927 7.2")]
    [InlineData(10, false)]
    [InlineData(1400, true)]
    public void PacketTooBig_CountsOnlyBelowTheLargestPacketSent(int payload, bool counts)
    {
        var bench = Accepted(options: TestSegment.MssOption(1460));
        bench.Write(payload);
        IcmpTests.Inject(bench, bench.Next(), 3, 4, 600);
        Assert.Equal(counts ? 560 : 1460, bench.Socket.GetInfo().SendMaximumSegmentSize);
    }

    internal static void Inject(Bench bench, TestSegment about, byte type, byte code, int mtu = 0)
    {
        var v6 = bench.Local.AddressFamily == AddressFamily.InterNetworkV6;
        var quoted = about.ToPacket();
        byte[] message = [type, code, 0, 0, 0, 0, (byte)(mtu >> 8), (byte)mtu, .. quoted[..Math.Min(quoted.Length, v6 ? 60 : 28)]];
        var router = IPAddress.Parse(v6 ? "fd00::99" : "10.0.0.99");
        var sum = TestSegment.NaiveChecksum(v6 ? [.. TestSegment.Pseudo(router, bench.Local, 58, message.Length), .. message] : message);
        message[2] = (byte)(sum >> 8);
        message[3] = (byte)sum;
        bench.Engine.Receive(TestSegment.Wrap(router, bench.Local, v6 ? (byte)58 : (byte)1, message), bench.Now);
    }
}
