using System.Net.Sockets;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>What an application hears while the connection goes on, and may change: RFC 9293 §3.8.3, §3.8.5, §3.9.1.8, §3.9.2.</summary>
public sealed class AdvisoryTests
{
    private static readonly System.Net.IPAddress Local = new([10, 0, 0, 1]), Remote = new([10, 0, 0, 2]);

    [Fact, Trait("RFC", "9293 MUST-20, SHLD-9, SHLD-10")]
    public void DeliveryInDoubt_IsToldAtTheThirdRetransmissionAndOncePerSilence()
    {
        var bench = Accepted();
        for (var silence = 1; silence <= 2; silence++)
        {
            bench.Write(10);
            bench.Next();
            Retransmit(bench, 2);
            Assert.Equal(silence - 1, bench.Events.Advisories.Count);
            Retransmit(bench, 1);
            Assert.Equal(silence, bench.Events.Advisories.Count);
            Assert.Equal(TcpAdvisory.DeliveryInDoubt, bench.Events.Advisories[^1]);
            Retransmit(bench, 2);
            Assert.Equal(silence, bench.Events.Advisories.Count);
            bench.Inject(Ack, 0, 10 * silence);
        }
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 MUST-22")]
    public void DeliveryInDoubt_IsToldOfASynToo()
    {
        var bench = new Bench();
        bench.Connect();
        Retransmit(bench, 2);
        Assert.Empty(bench.Events.Advisories);
        Retransmit(bench, 1);
        Assert.Equal([TcpAdvisory.DeliveryInDoubt], bench.Events.Advisories);
        Assert.Equal(TcpState.SynSent, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 SHLD-25")]
    public void SoftError_IsTold()
    {
        var bench = Accepted();
        bench.Write(10);
        IcmpTests.Inject(bench, bench.Next(), 3, 1);
        Assert.Equal([TcpAdvisory.SoftError], bench.Events.Advisories);
        Assert.Equal(SocketError.HostUnreachable, bench.Socket.GetInfo().SoftError);
    }

    [Fact, Trait("RFC", "9293 MUST-32")]
    public void Urgent_IsToldWhenItsMarkMovesOn()
    {
        var bench = Accepted();
        bench.Inject(Ack | Urg, 0, 0, urgent: 20);
        Assert.Equal([TcpAdvisory.Urgent], bench.Events.Advisories);
        bench.Inject(Ack | Urg, 0, 0, Bytes(10), urgent: 20);
        Assert.Single(bench.Events.Advisories);
        bench.Inject(Ack | Urg, 10, 0, Bytes(10), urgent: 15);
        Assert.Equal([TcpAdvisory.Urgent, TcpAdvisory.Urgent], bench.Events.Advisories);
        Assert.Equal(25, bench.Socket.GetInfo().UrgentMark);
    }

    [Fact, Trait("RFC", "9293 SHLD-20")]
    public void Handlers_MayLeaveAdvisoriesOut()
    {
        var engine = new TcpEngine(Options(), new Bench());
        var socket = engine.Connect(new(Local, 0), new(Remote, 80), new TcpSocketOptions(), new Deaf());
        for (var time = TimeSpan.Zero; time < TimeSpan.FromSeconds(30); time = engine.NextWakeUp!.Value) engine.Advance(time);
        Assert.Equal((TcpState.SynSent, 0), (socket.State, engine.Statistics.HandlerFailures));
        Assert.True(socket.GetInfo().ConsecutiveTimeouts > 3);
    }

    [Fact, Trait("RFC", "9293 MUST-48, SHLD-21, SHLD-22")]
    public void TrafficClass_CanChangeAndIsPassedOnAsItIs()
    {
        var bench = Accepted(socket: new TcpSocketOptions { Timestamps = false, TrafficClass = 0x28 });
        bench.Write(10);
        Assert.Equal(0x28, bench.Next().TrafficClass);
        bench.Inject(Ack, 0, 10);
        bench.Socket.TrafficClass = 0xb8;
        bench.Write(10);
        Assert.Equal(0xb8, bench.Next().TrafficClass);
    }

    private static void Retransmit(Bench bench, int times)
    {
        for (var sent = 0; sent < times; sent++)
        {
            var before = bench.Socket.GetInfo().Retransmits;
            while (bench.Socket.GetInfo().Retransmits == before) bench.Elapse((bench.Engine.NextWakeUp!.Value - bench.Now).TotalMilliseconds);
            bench.Drain();
        }
    }

    private sealed class Deaf : ITcpSocketEvents
    {
        public void OnConnected()
        {
        }

        public void OnReady(Readiness what)
        {
        }

        public void OnClosed(SocketError error)
        {
        }
    }
}
