using System.Net;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Demands of RFC 9293 that are nobody else's concern.</summary>
public sealed class RequirementTests
{
    [Fact, Trait("RFC", "9293 MUST-1")]
    public void Window_AboveHalfOfItsField_IsNotNegative()
    {
        var bench = Accepted(window: 40_000);
        Assert.Equal(40_000, bench.Socket.GetInfo().SendWindow);
        bench.Write(60_000);
        for (var acknowledged = 0; acknowledged < 40_000; acknowledged += 1000) bench.Inject(Ack, 0, acknowledged, window: (ushort)(40_000 - acknowledged));
        Assert.Equal(40_000, bench.Drain().Sum(segment => segment.Payload.Length));
    }

    [Fact, Trait("RFC", "9293 MUST-27")]
    public void KeepAlive_WithAnotherInterval_ProbesAtThat()
    {
        var bench = Accepted(socket: new TcpSocketOptions
        {
            KeepAlive = true,
            KeepAliveTime = TimeSpan.FromMinutes(1),
            KeepAliveInterval = TimeSpan.FromSeconds(7),
            Timestamps = false,
        });
        bench.Elapse(60_000);
        bench.Expect(Ack, -1, 0);
        bench.Elapse(6_999);
        bench.ExpectNothing();
        bench.Elapse(1);
        bench.Expect(Ack, -1, 0);
    }

    [Fact, Trait("RFC", "9293 MUST-31, MUST-33")]
    public void Urgent_ReachesOverManySegments()
    {
        var bench = Accepted();
        bench.Inject(Ack | Urg, 0, 0, Bytes(1000), urgent: 50_000);
        Assert.Equal(50_000, bench.Socket.GetInfo().UrgentMark);
        for (var seq = 1000; seq < 50_000; seq += 1000) bench.Inject(Ack | Urg, seq, 0, Bytes(1000), urgent: (ushort)(50_000 - seq));
        Assert.Equal(50_000, bench.Socket.GetInfo().UrgentMark);
        Assert.Equal(50_000, bench.ReadAll().Length);
    }

    [Fact, Trait("RFC", "9293 MUST-42, MUST-41")]
    public void Listen_BesideAnOpenUnderWayOnThePort_DisturbsNeither()
    {
        var bench = new Bench();
        bench.Socket = bench.Engine.Connect(new IPEndPoint(bench.Local, 80), new IPEndPoint(bench.Peer, PeerPort), bench.SocketOptions, bench.Events);
        bench.Engine.Advance(bench.Now);
        bench.EngineInitial = bench.Next().Seq;
        bench.Listen();
        bench.Engine.Receive((bench.Packet(Syn, 5, 0) with { SourcePort = 3 }).ToPacket(), bench.Now);
        var answer = bench.Next();
        Assert.True(answer.Is(Syn | Ack));
        Assert.Equal(3, answer.DestinationPort);
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1);
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 MUST-43")]
    public void Connect_FromAnAddress_SendsFromIt()
    {
        var bench = new Bench();
        var local = new IPEndPoint(IPAddress.Parse("10.0.0.77"), 1234);
        bench.Engine.Connect(local, new IPEndPoint(bench.Peer, PeerPort), bench.SocketOptions, bench.Events);
        bench.Engine.Advance(bench.Now);
        var syn = bench.Next();
        Assert.Equal(local, new IPEndPoint(syn.Source, syn.SourcePort));
    }

    [Fact, Trait("RFC", "9293 MUST-69")]
    public void Options_EndOnAWordAndPadWithZeros()
    {
        var bench = new Bench(socket: new TcpSocketOptions());
        var options = bench.Connect().Options;
        Assert.Equal(0, options.Length % 4);
        var end = 0;
        while (end < options.Length && options[end] != 0) end += options[end] == 1 ? 1 : options[end + 1];
        Assert.All(options[Math.Min(end, options.Length)..], static octet => Assert.Equal(0, octet));
    }

    [Fact, Trait("RFC", "9293 SHLD-2")]
    public void Reset_WithData_Resets()
    {
        var bench = Accepted();
        bench.Inject(Rst | Ack, 0, 0, "no more room"u8.ToArray());
        Assert.Equal(TcpState.Closed, bench.Socket.State);
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "9293 SHLD-11, MUST-23")]
    public void TimeOuts_AreByDefaultAsLongAsAsked()
    {
        Assert.True(new TcpSocketOptions().UserTimeout >= TimeSpan.FromSeconds(100));
        Assert.True(new TcpSocketOptions().ConnectTimeout >= TimeSpan.FromMinutes(3));
        Assert.True(new TcpEngineOptions().HalfOpenTimeout >= TimeSpan.FromMinutes(3));
    }

    [Fact, Trait("RFC", "9293 SHLD-27, MUST-61")]
    public void Push_OfSeveralWrites_IsSetOnceBehindThem()
    {
        var bench = Accepted();
        bench.Write(100);
        Assert.True((bench.Next().Flags & Psh) != 0);
        for (var write = 0; write < 9; write++) bench.Write(100); // Nagle holds them.
        bench.ExpectNothing();
        bench.Inject(Ack, 0, 100);
        var segment = Assert.Single(bench.Drain());
        Assert.Equal(900, segment.Payload.Length);
        Assert.True((segment.Flags & Psh) != 0);
    }
}
