using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Selective acknowledgments that the engine sends: RFC 2018 §2 to §4.</summary>
public sealed class SackReceiverTests
{
    private static readonly byte[] Willing = [.. TestSegment.MssOption(1000), .. Sacks.Permitted];

    [Theory, Trait("RFC", "2018 2")]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void ListenerPermitsSack_OnlyWhenBothEndsDo(bool peer, bool own)
    {
        var bench = new Bench(socket: Plain(own)).Listen();
        bench.InjectRaw(Syn, PeerInitial, 0, options: peer ? Willing : TestSegment.MssOption(1000));
        var answer = bench.Next();
        Assert.Equal(peer && own, Sacks.IsPermitted(answer));
        bench.EngineInitial = answer.Seq;
        bench.Inject(Ack);
        bench.Inject(Ack, 100, 0, Bytes(100));
        Assert.Equal(peer && own ? [(100, 200)] : [], Sacks.Of(bench.Expect(Ack, 0, 0)));
    }

    [Theory, Trait("RFC", "2018 2")]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void ConnectPermitsSack_OnlyWhenBothEndsDo(bool peer, bool own)
    {
        var bench = new Bench(socket: Plain(own));
        Assert.Equal(own, Sacks.IsPermitted(bench.Connect()));
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1, options: peer ? Willing : TestSegment.MssOption(1000));
        Assert.False(Sacks.IsPermitted(bench.Expect(Ack, 0, 0)));
        bench.Inject(Ack, 100, 0, Bytes(100));
        Assert.Equal(peer && own ? [(100, 200)] : [], Sacks.Of(bench.Expect(Ack, 0, 0)));
    }

    [Fact, Trait("RFC", "2018 2")]
    public void Permission_BehindTheSyn_IsNone()
    {
        var bench = Bench.Accepted();
        bench.Inject(Ack, options: Sacks.Permitted);
        bench.Inject(Ack, 100, 0, Bytes(100), options: Sacks.Permitted);
        Assert.Empty(bench.Expect(Ack, 0, 0).Options);
    }

    [Fact, Trait("RFC", "2018 4")]
    public void FirstBlock_HoldsTheSegmentThatCame()
    {
        var bench = Accepted();
        Assert.Equal([(200, 300)], After(bench, 200));
        Assert.Equal([(400, 500), (200, 300)], After(bench, 400));
        Assert.Equal([(200, 350), (400, 500)], After(bench, 300, 50));
        Assert.Equal([(600, 700), (200, 350), (400, 500)], After(bench, 600));
        Assert.Equal([(100, 350), (600, 700), (400, 500)], After(bench, 100));
        Assert.Equal([(100, 500), (600, 700)], After(bench, 350, 50));
    }

    [Fact, Trait("RFC", "2018 3, 4")]
    public void Blocks_AreTheFourMostRecent()
    {
        var bench = Accepted();
        foreach (var at in (int[])[100, 300, 500, 700]) After(bench, at);
        Assert.Equal([(900, 1000), (700, 800), (500, 600), (300, 400)], After(bench, 900));
        Assert.Equal([(1100, 1200), (900, 1000), (700, 800), (500, 600)], After(bench, 1100));
        Assert.Equal([(100, 250), (1100, 1200), (900, 1000), (700, 800)], After(bench, 200, 50));
    }

    [Fact, Trait("RFC", "2018 4")]
    public void Block_IsToldInThreeAcksMoreWhileOthersCome()
    {
        var bench = Accepted();
        After(bench, 5000);
        for (var i = 1; i <= 3; i++) Assert.Contains((5000L, 5100L), After(bench, 5000 + i * 200));
    }

    [Fact, Trait("RFC", "2018 3; 7323 A")]
    public void Blocks_WithTimestamps_AreThreeAndFillTheHeader()
    {
        byte[] Clock() => TestSegment.TimestampOption(1, 0);
        var bench = Bench.Accepted(socket: new TcpSocketOptions(), options: [.. Willing, .. Clock()], each: Clock);
        foreach (var at in (int[])[100, 300, 500]) After(bench, at);
        bench.Inject(Ack, 700, 0, Bytes(100));
        var answer = bench.Expect(Ack, 0, 0);
        Assert.Equal([(700, 800), (500, 600), (300, 400)], Sacks.Of(answer));
        Assert.NotNull(answer.Timestamps);
        Assert.Equal(40, answer.Options.Length);
    }

    [Fact, Trait("RFC", "2018 3; 9293 MUST-64, MUST-69")]
    public void Option_IsAlignedByTwoNops()
    {
        var bench = Accepted();
        bench.Inject(Ack, 100, 0, Bytes(100));
        Assert.Equal([1, 1, 5, 10], bench.Expect(Ack, 0, 0).Options[..4]);
        bench.Inject(Ack, 300, 0, Bytes(100));
        var answer = bench.Expect(Ack, 0, 0);
        Assert.Equal([1, 1, 5, 18], answer.Options[..4]);
        Assert.Equal(20, answer.Options.Length);
    }

    [Fact, Trait("RFC", "2018 4")]
    public void InOrderData_HasNoBlocks()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(100));
        bench.Inject(Ack, 100, 0, Bytes(100));
        Assert.Empty(bench.Expect(Ack, 0, 200).Options);
        bench.Inject(Ack, 200, 0, Bytes(100));
        bench.Elapse(500);
        Assert.Empty(bench.Expect(Ack, 0, 300).Options);
    }

    [Fact, Trait("RFC", "2018 4")]
    public void Ack_ThatAdvances_StillTellsWhatIsBehindTheNextGap()
    {
        var bench = Accepted();
        After(bench, 100);
        After(bench, 300);
        After(bench, 500);
        bench.Inject(Ack, 0, 0, Bytes(100));
        Assert.Equal([(500, 600), (300, 400)], Sacks.Of(bench.Expect(Ack, 0, 200)));
        bench.Inject(Ack, 200, 0, Bytes(300));
        Assert.DoesNotContain((500L, 600L), Sacks.Of(bench.Expect(Ack, 0, 600)));
        bench.Inject(Ack, 600, 0, Bytes(100));
        bench.Inject(Ack, 700, 0, Bytes(100));
        Assert.Empty(Sacks.Of(bench.Expect(Ack, 0, 800)));
    }

    [Fact, Trait("RFC", "2018 4; 5681 4.2")]
    public void EveryAck_WhileThereIsAGap_HasTheBlocks()
    {
        var bench = Accepted();
        After(bench, 100);
        bench.InjectRaw(Syn, 77, 0);
        Assert.Equal([(100, 200)], Sacks.Of(bench.Expect(Ack, 0, 0)));
        bench.Write(10);
        Assert.Equal([(100, 200)], Sacks.Of(bench.Expect(Ack, 0, 0, 10)));
    }

    [Theory, Trait("RFC", "2018 4; 9293 MUST-16")]
    [InlineData(1, 988)]
    [InlineData(2, 980)]
    [InlineData(4, 964)]
    [InlineData(5, 964)]
    public void DataSegments_MakeRoomForTheBlocks(int gaps, int payload)
    {
        var bench = Accepted();
        for (var i = 0; i < gaps; i++) After(bench, 100 + 200 * i);
        bench.Write(3000);
        var sent = bench.Expect(Ack, 0, 0, payload);
        Assert.Equal(1000, sent.Options.Length + sent.Payload.Length);
        bench.Expect(Ack, payload, 0, payload);
    }

    [Fact, Trait("RFC", "2018 4; 9293 MUST-16")]
    public void Packets_WithTimestampsAndBlocks_FitTheMtu()
    {
        byte[] Clock() => TestSegment.TimestampOption(1, 0);
        var bench = Bench.Accepted(socket: new TcpSocketOptions(), options: [.. TestSegment.MssOption(1460), .. Sacks.Permitted, .. Clock()], each: Clock);
        foreach (var at in (int[])[100, 300, 500, 700]) After(bench, at);
        bench.Write(4000);
        Assert.All(bench.Drain(), segment => Assert.InRange(40 + segment.Options.Length + segment.Payload.Length, 0, 1500));
    }

    [Fact, Trait("RFC", "2018 4; 9293 MUST-16")]
    public void RetransmittedSegment_WithBlocks_FitsTheMtu()
    {
        var bench = Accepted();
        bench.Write(3000);
        bench.Drain();
        After(bench, 100);
        After(bench, 300);
        bench.Elapse(1000);
        var sent = bench.Drain();
        Assert.Contains(sent, segment => segment.Payload.Length > 0);
        Assert.All(sent, segment => Assert.InRange(segment.Options.Length + segment.Payload.Length, 0, 1000));
    }

    [Fact, Trait("RFC", "2018 4")]
    public void Segment_BeyondTheWindow_IsNotSaidToBeThere()
    {
        var bench = Bench.Accepted(socket: new TcpSocketOptions { ReceiveBufferSize = 1000, Timestamps = false }, options: Willing);
        bench.Inject(Ack, 900, 0, Bytes(300));
        Assert.Equal([(900, 1000)], Sacks.Of(bench.Expect(Ack, 0, 0)));
    }

    private static TcpSocketOptions Plain(bool selective = true) =>
        new() { Timestamps = false, WindowScaling = false, SelectiveAcknowledgments = selective };

    private static Bench Accepted() => Bench.Accepted(socket: Plain(), options: Willing);

    private static (long, long)[] After(Bench bench, int at, int length = 100)
    {
        bench.Inject(Ack, at, 0, Bytes(length));
        return Sacks.Of(bench.Expect(Ack, ack: 0));
    }
}
