using System.Net;
using System.Runtime.CompilerServices;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Timestamps on the way out and what their echoes measure: RFC 7323 §3.2, §4, §5.</summary>
public sealed class TimestampTests
{
    [Fact, Trait("RFC", "7323 3.2")]
    public void Timestamps_OnceAgreed_AreInEverySegment()
    {
        var bench = Agreed(out var echo);
        bench.Write(10);
        bench.Elapse(250); // And again.
        bench.Inject(Ack, 100, 0, Bytes(5)); // Behind a gap.
        bench.Inject(Rst, 7); // A challenge.
        bench.Inject(Ack, 0, 10, window: 0);
        bench.Write(10);
        bench.Elapse(1000); // A probe.
        bench.Inject(Ack, 0, 10);
        bench.Finish();
        var all = bench.Drain();
        Assert.True(all.Count >= 7);
        bench.Socket.Abort();
        bench.Engine.Advance(bench.Now);
        var reset = bench.Next();
        Assert.True(reset.Is(Rst | Ack));
        Assert.All([.. all, reset], segment => Assert.Equal(echo.Value, segment.Timestamps!.Value.Echo));
    }

    [Fact, Trait("RFC", "7323 3.2")]
    public void TimeWait_AnswersWithTimestampsToo()
    {
        var bench = Agreed(out _);
        bench.Finish();
        bench.Inject(Fin | Ack, 0, 1);
        bench.Drain();
        bench.Inject(Fin | Ack, 0, 1);
        Assert.NotNull(bench.Expect(Ack, 1, 1).Timestamps);
    }

    [Fact, Trait("RFC", "7323 3.2")]
    public void Timestamps_ThatWereNotAgreed_AreNeitherReadNorSent()
    {
        var bench = Accepted(socket: new TcpSocketOptions());
        bench.Inject(Ack, 0, 0, Bytes(5), options: TestSegment.TimestampOption(1000, 0));
        bench.Inject(Ack, 5, 0, Bytes(5), options: TestSegment.TimestampOption(999, 0));
        Assert.Null(bench.Expect(Ack, 0, 10).Timestamps);
    }

    [Fact, Trait("RFC", "7323 2.2, 3.2")]
    public void SynAck_ThatHasWhatTheSynDidNotOffer_AgreesToNothing()
    {
        var bench = Connected(options: [.. TestSegment.MssOption(1000), .. TestSegment.TimestampOption(5, 0), .. TestSegment.ScaleOption(3)], window: 100);
        bench.Inject(Ack, 0, 0, options: [1]);
        Assert.Equal(100, bench.Socket.GetInfo().SendWindow);
        bench.Write(10);
        Assert.Null(bench.Next().Timestamps);
    }

    [Fact, Trait("RFC", "7323 5.4")]
    public void Clock_TicksOnceInAMillisecond()
    {
        var bench = Agreed(out _);
        bench.Write(10);
        var first = bench.Next().Timestamps!.Value.Value;
        bench.Inject(Ack, 0, 10);
        bench.Elapse(12_345);
        bench.Write(10);
        Assert.Equal(12_345u, bench.Next().Timestamps!.Value.Value - first);
    }

    [Fact, Trait("RFC", "7323 5.4")]
    public void Clock_IsAnotherForEachConnectionAndTheSameForItsNextIncarnation()
    {
        static uint First(int port)
        {
            var bench = new Bench(socket: new TcpSocketOptions());
            bench.Engine.Connect(new IPEndPoint(bench.Local, port), new IPEndPoint(bench.Peer, 9), bench.SocketOptions, bench.Events);
            bench.Engine.Advance(bench.Now);
            return bench.Next().Timestamps!.Value.Value;
        }
        Assert.Equal(First(5000), First(5000));
        Assert.True(Math.Abs((long)(int)(First(5000) - First(5001))) > 1000);
    }

    [Fact, Trait("RFC", "7323 4.1")]
    public void Echo_InAnAckOfNothingNew_IsNoSample()
    {
        var bench = Agreed(out _);
        var before = bench.Socket.GetInfo().SmoothedRoundTripTime;
        bench.Write(10);
        var sent = bench.Next().Timestamps!.Value.Value;
        bench.Elapse(100);
        bench.Inject(Ack, options: TestSegment.TimestampOption(100, sent));
        Assert.Equal(before, bench.Socket.GetInfo().SmoothedRoundTripTime);
        bench.Inject(Ack, 0, 10, options: TestSegment.TimestampOption(100, sent));
        Assert.Equal(12.5, bench.Socket.GetInfo().SmoothedRoundTripTime.TotalMilliseconds);
    }

    [Fact, Trait("RFC", "7323 4.2, G")]
    public void Samples_OfOneFlight_ShareTheWeightOfOne()
    {
        // Ten segments are five samples with an ACK for each second one: an eighth and a quarter become a fortieth and a twentieth.
        var bench = Agreed(out _);
        bench.Write(9880);
        Assert.Equal(10, bench.Drain().Count);
        bench.Elapse(80);
        bench.Inject(Ack, 0, 988);
        var info = bench.Socket.GetInfo();
        Assert.Equal((2, 4), (info.SmoothedRoundTripTime.TotalMilliseconds, info.RoundTripTimeVariation.TotalMilliseconds));
    }

    [Fact, Trait("RFC", "7323 5.2, 5.3")]
    public void Paws_ComparesAcrossTheWrap()
    {
        var bench = Agreed(out var clock, 0xffff_fff0);
        clock.Value = 5;
        bench.Inject(Ack, 0, 0, Bytes(10));
        Assert.Equal(10, bench.ReadAll().Length);
        bench.Inject(Ack, 10, 0);
        clock.Value = 0xffff_fff8;
        bench.Inject(Ack, 10, 0, Bytes(10));
        Assert.Empty(bench.ReadAll());
        Assert.Equal(1, bench.Engine.Statistics.PawsDrops);
    }

    [Fact, Trait("RFC", "7323 2.2")]
    public void TimestampsInSynAck_ThatWereNotOffered_AreIgnored()
    {
        var bench = Connected(options: [.. TestSegment.MssOption(1000), .. TestSegment.TimestampOption(5, 0), .. TestSegment.ScaleOption(3)]);
        Assert.False(bench.Socket.GetInfo().TimestampsEnabled);
        bench.Write(10);
        Assert.Null(bench.Next().Timestamps);
    }

    /// <summary>A connection whose peer's clock stands where the test sets it.</summary>
    private static Bench Agreed(out StrongBox<uint> clock, uint first = 100)
    {
        var value = clock = new StrongBox<uint>(first);
        return Accepted(socket: new TcpSocketOptions(), options: [.. TestSegment.MssOption(1000), .. TestSegment.TimestampOption(first, 0)],
            each: () => TestSegment.TimestampOption(value.Value, 0));
    }
}
