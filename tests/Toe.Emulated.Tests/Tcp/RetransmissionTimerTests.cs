using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>
/// When the retransmission timer runs, and for how long: RFC 6298. The peer does not acknowledge selectively, so that no probe comes before a
/// time-out; it answers the handshake at once, so that the time-out is the floor of 200 ms.
/// </summary>
public sealed class RetransmissionTimerTests
{
    [Theory, Trait("RFC", "6298 2.4")]
    [InlineData(200)]
    [InlineData(1000)]
    public void Timeout_IsNoShorterThanTheFloor(int floor)
    {
        var bench = Accepted(new TcpEngineOptions { MinimumRetransmissionTimeout = TimeSpan.FromMilliseconds(floor) });
        bench.Write(10);
        bench.Next();
        bench.Elapse(floor - 0.1);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 0, 0, 10);
    }

    [Fact, Trait("RFC", "6298 2.3")]
    public void Timeout_OfARoundTripThatNeverVaries_IsATickOfTheClockLonger()
    {
        var bench = new Bench(new TcpEngineOptions { MinimumRetransmissionTimeout = TimeSpan.FromMilliseconds(1) });
        bench.Connect();
        bench.Elapse(100);
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1);
        for (var sent = 10; sent <= 1000; sent += 10)
        {
            bench.Write(10);
            bench.Elapse(100);
            bench.Inject(Ack, 0, sent);
        }
        Assert.Equal(0, bench.Socket.GetInfo().Retransmits);
        Assert.Equal(101, bench.Socket.GetInfo().RetransmissionTimeout.TotalMilliseconds);
    }

    [Fact, Trait("RFC", "6298 2.5, 5.5")]
    public void Timeouts_DoubleUpToAMinute()
    {
        var bench = Accepted(socket: new TcpSocketOptions { UserTimeout = TimeSpan.FromHours(1), Timestamps = false });
        bench.Write(10);
        bench.Next();
        var last = bench.Now;
        var gaps = new List<double>();
        for (var i = 0; i < 11; i++)
        {
            bench.Now = bench.Engine.NextWakeUp!.Value;
            bench.Engine.Advance(bench.Now);
            bench.Expect(Ack, 0, 0, 10);
            gaps.Add((bench.Now - last).TotalSeconds);
            last = bench.Now;
        }
        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 60, 60], gaps);
    }

    [Fact, Trait("RFC", "6298 5.1")]
    public void Timer_RunsFromTheOldestSegmentAndNotFromTheLast()
    {
        var bench = Accepted();
        bench.Write(1000);
        bench.Elapse(150);
        bench.Write(1000);
        Assert.Equal(2, bench.Drain().Count);
        bench.Elapse(49.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 0, 0, 1000);
    }

    [Fact, Trait("RFC", "6298 5.3")]
    public void Timer_StartsAnewWhenNewDataIsAcknowledged()
    {
        var bench = Accepted();
        bench.Write(3000);
        bench.Drain();
        bench.Elapse(150);
        bench.Inject(Ack, 0, 1000);
        bench.Elapse(199.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 1000, 0, 1000);
    }

    [Fact, Trait("RFC", "6298 5.3")]
    public void Timer_IsLeftAloneByAnAckOfNothingNew()
    {
        var bench = Accepted();
        bench.Write(3000);
        bench.Drain();
        bench.Elapse(150);
        bench.Inject(Ack);
        bench.Inject(Ack);
        bench.Elapse(49.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 0, 0, 1000);
    }

    [Fact, Trait("RFC", "6298 5.2")]
    public void Timer_IsOffWhenAllIsAcknowledged()
    {
        var bench = Accepted();
        bench.Write(3000);
        bench.Drain();
        bench.Inject(Ack, 0, 2000);
        Assert.NotNull(bench.Engine.NextWakeUp);
        bench.Inject(Ack, 0, 3000);
        Assert.Null(bench.Engine.NextWakeUp);
    }

    [Fact, Trait("RFC", "6298 5")]
    public void Backoff_EndsWhenNewDataIsAcknowledged()
    {
        var bench = Accepted();
        bench.Write(2000);
        bench.Elapse(200);
        bench.Elapse(400);
        bench.Drain();
        Assert.Equal(800, bench.Socket.GetInfo().RetransmissionTimeout.TotalMilliseconds);
        bench.Inject(Ack, 0, 1000); // Karn: no sample.
        Assert.Equal(200, bench.Socket.GetInfo().RetransmissionTimeout.TotalMilliseconds);
    }

    [Fact, Trait("RFC", "6298 5.7")]
    public void Timeout_BehindARepeatedSynAck_BeginsWithThreeSeconds()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.EngineInitial = bench.Next().Seq;
        bench.Elapse(1000);
        bench.Expect(Syn | Ack, -1, 0);
        bench.Inject(Ack);
        bench.Write(10);
        bench.Next();
        bench.Elapse(2999.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 0, 0, 10);
    }

    [Fact, Trait("RFC", "6298 5.7, 3")]
    public void Timeout_BehindARepeatedSynThatTimestampsHaveMeasured_IsOfTheSample()
    {
        var bench = new Bench(socket: new TcpSocketOptions());
        bench.Connect();
        bench.Elapse(1000);
        var again = bench.Next();
        bench.Elapse(100);
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1, options: TestSegment.TimestampOption(7, again.Timestamps!.Value.Value));
        Assert.Equal(300, bench.Socket.GetInfo().RetransmissionTimeout.TotalMilliseconds);
    }
}
