using System.Runtime.CompilerServices;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Options: RFC 9293 §3.2, RFC 7323.</summary>
public sealed class OptionTests
{
    private static byte[] Both(uint value, int shift = 3) =>
        [.. TestSegment.MssOption(1000), .. TestSegment.ScaleOption(shift), .. TestSegment.TimestampOption(value, 0)];

    [Theory, Trait("RFC", "9293 MUST-5, MUST-6, MUST-7, MUST-64, MUST-68")]
    [InlineData(new byte[] { 2, 0 })]
    [InlineData(new byte[] { 2, 1, 0, 0 })]
    [InlineData(new byte[] { 2, 40, 1, 1 })]
    [InlineData(new byte[] { 253, 0, 0, 0 })]
    [InlineData(new byte[] { 2 })]
    [InlineData(new byte[] { 1, 1, 1, 8 })]
    [InlineData(new byte[] { 254, 2, 253, 6, 9, 9, 9, 9, 1, 0 })]
    public void Syn_WithBadOrUnknownOptions_IsStillAnswered(byte[] options)
    {
        var bench = Accepted(options: options);
        bench.Inject(Ack, 0, 0, Bytes(3), options: options);
        Assert.Equal(3, bench.ReadAll().Length);
    }

    [Fact, Trait("RFC", "9293 MUST-64")]
    public void Mss_BehindAnOddOption_IsRead()
    {
        var bench = Accepted(options: [1, 253, 3, 7, .. TestSegment.MssOption(700)]);
        bench.Write(1000);
        bench.Expect(Ack, 0, 0, 700);
    }

    [Fact, Trait("RFC", "9293 MUST-65; 7323 2.2, 3.2")]
    public void Answer_CarriesOnlyWhatTheSynOffered()
    {
        var bench = new Bench(socket: new TcpSocketOptions()).Listen();
        bench.InjectRaw(Syn, PeerInitial, 0, options: TestSegment.MssOption(1000));
        var plain = bench.Next();
        Assert.Null(plain.WindowScale);
        Assert.Null(plain.Timestamps);
        Assert.NotNull(plain.Mss);
        bench.Engine.Receive((bench.Packet(Syn, 5, 0, options: Both(77)) with { SourcePort = 3 }).ToPacket(), bench.Now);
        var full = bench.Next();
        Assert.Equal(7, full.WindowScale); // 4 MiB.
        Assert.Equal(77u, full.Timestamps!.Value.Echo);
        bench.EngineInitial = full.Seq;
    }

    [Fact, Trait("RFC", "7323 2.3")]
    public void WindowScale_IsAppliedBehindTheHandshakeOnly()
    {
        var bench = Accepted(socket: new TcpSocketOptions { ReceiveBufferSize = 1 << 20, BufferAutotuning = false, Timestamps = false }, window: 100,
            options: [.. TestSegment.MssOption(1000), .. TestSegment.ScaleOption(4)]);
        Assert.Equal(1600, bench.Socket.GetInfo().SendWindow);
        bench.Inject(Ack, 0, 0, Bytes(1000));
        bench.Inject(Ack, 1000, 0, Bytes(1000));
        var answer = bench.Expect(Ack, 0, 2000);
        Assert.Equal(((1 << 20) - 2000) >> 5, answer.Window);
    }

    [Fact, Trait("RFC", "7323 2.3")]
    public void WindowScale_AboveFourteen_CountsAsFourteen()
    {
        var bench = Accepted(socket: new TcpSocketOptions { Timestamps = false }, window: 1,
            options: [.. TestSegment.MssOption(1000), .. TestSegment.ScaleOption(15)]);
        Assert.Equal(1 << 14, bench.Socket.GetInfo().SendWindow);
    }

    [Fact, Trait("RFC", "7323 2.2")]
    public void WindowScale_BehindTheSyn_IsIgnored()
    {
        var bench = Accepted(socket: new TcpSocketOptions { Timestamps = false }, window: 100,
            options: [.. TestSegment.MssOption(1000), .. TestSegment.ScaleOption(4)]);
        bench.Inject(Ack, options: TestSegment.ScaleOption(9));
        Assert.Equal(1600, bench.Socket.GetInfo().SendWindow);
    }

    [Fact, Trait("RFC", "7323 2.2")]
    public void WindowScale_OfASynAck_DoesNotApplyToItself()
    {
        var bench = Connected(socket: new TcpSocketOptions { Timestamps = false }, window: 100,
            options: [.. TestSegment.MssOption(1000), .. TestSegment.ScaleOption(4)]);
        Assert.Equal(100, bench.Socket.GetInfo().SendWindow);
        bench.Inject(Ack);
        Assert.Equal(1600, bench.Socket.GetInfo().SendWindow);
    }

    [Fact, Trait("RFC", "7323 2.2")]
    public void WindowScale_ThatOnlyWeOffered_ScalesNeitherWindow()
    {
        var bench = Connected(socket: new TcpSocketOptions { ReceiveBufferSize = 1 << 20, BufferAutotuning = false, Timestamps = false }, window: 5000);
        bench.Inject(Ack);
        Assert.Equal(5000, bench.Socket.GetInfo().SendWindow);
        bench.Inject(Ack, 0, 0, Bytes(1000));
        bench.Inject(Ack, 1000, 0, Bytes(1000));
        Assert.Equal(65_535 - 2000, bench.Expect(Ack, 0, 2000).Window);
    }

    [Fact, Trait("RFC", "7323 4.3")]
    public void Timestamps_EchoFollowsTheLastAckSent()
    {
        var bench = WithTimestamps(out var clock);
        clock.Value = 200;
        bench.Inject(Ack, 0, 0, Bytes(10));
        clock.Value = 201;
        bench.Inject(Ack, 10, 0, Bytes(10));
        Assert.Equal(200u, bench.Expect(Ack, 0, 20).Timestamps!.Value.Echo);
        clock.Value = 300;
        bench.Inject(Ack, 30, 0, Bytes(10));
        Assert.Equal(200u, bench.Expect(Ack, 0, 20).Timestamps!.Value.Echo);
        clock.Value = 302;
        bench.Inject(Ack, 20, 0, Bytes(10));
        Assert.Equal(302u, bench.Expect(Ack, 0, 40).Timestamps!.Value.Echo);
    }

    [Fact, Trait("RFC", "7323 5.3")]
    public void Paws_DropsTheOldAndAnswersButLetsResetPass()
    {
        var bench = WithTimestamps(out var clock);
        clock.Value = 99;
        bench.Inject(Ack, 0, 0, Bytes(10));
        bench.Expect(Ack, 0, 0);
        Assert.Equal(1, bench.Engine.Statistics.PawsDrops);
        Assert.Empty(bench.ReadAll());
        bench.Inject(Rst, 0);
        Assert.Equal(TcpState.Closed, bench.Socket.State);
    }

    [Fact, Trait("RFC", "7323 5.5")]
    public void Paws_AfterTwentyFourDaysOfSilence_TakesAnyTimestamp()
    {
        var bench = WithTimestamps(out var clock);
        bench.Elapse(TimeSpan.FromDays(24.1).TotalMilliseconds);
        clock.Value = 5;
        bench.Inject(Ack, 0, 0, Bytes(10));
        Assert.Equal(10, bench.ReadAll().Length);
        clock.Value = 4;
        bench.Inject(Ack, 10, 0, Bytes(10));
        Assert.Empty(bench.ReadAll());
    }

    [Fact, Trait("RFC", "7323 3.2")]
    public void Timestamps_WhenASegmentLacksThem_ItIsDroppedSilently()
    {
        var bench = WithTimestamps(out _);
        bench.Inject(Ack, 0, 0, Bytes(10), options: [1]);
        bench.Elapse(100);
        bench.ExpectNothing();
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }

    [Fact, Trait("RFC", "7323 4.1, 6298")]
    public void Timestamps_SampleTheRoundTripOfARetransmission()
    {
        var bench = WithTimestamps(out _);
        bench.Write(10);
        bench.Elapse(250);
        var sent = bench.Drain();
        Assert.Equal(2, sent.Count);
        bench.Inject(Ack, 0, 10, options: TestSegment.TimestampOption(101, sent[1].Timestamps!.Value.Value));
        Assert.InRange(bench.Socket.GetInfo().SmoothedRoundTripTime.TotalMilliseconds, 1, 10);
    }

    private static Bench WithTimestamps(out StrongBox<uint> clock)
    {
        var value = new StrongBox<uint>(100);
        clock = value;
        return Accepted(socket: new TcpSocketOptions(), options: Both(100), each: () => TestSegment.TimestampOption(value.Value, 0));
    }
}
