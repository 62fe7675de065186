using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>RFC 4987: a listener under flood answers, remembers nothing, and still knows who answers back.</summary>
public sealed class SynCookieTests
{
    [Fact, Trait("RFC", "4987 3.6")]
    public void AtAFullBacklog_TheHandshakeCompletesAndBytesFlow()
    {
        var bench = Flooded();
        var answer = Syn(bench, MssOptions(1300));

        Assert.Equal(1, bench.Engine.Statistics.Connections);
        bench.EngineInitial = answer.Seq;
        bench.Inject(Ack, 0, 0, Bytes(5));

        Assert.Equal(TcpState.Established, bench.Socket.State);
        Assert.Equal(Bytes(5), bench.ReadAll());
        Assert.Equal((1300, 1), (bench.Socket.GetInfo().SendMaximumSegmentSize, bench.Engine.Statistics.SynCookiesAccepted));
        bench.Drain();
        bench.Write(3);
        bench.Expect(Ack, 0, 5, 3);
    }

    [Fact, Trait("RFC", "4987 3.6")]
    public void TimestampsCarryTheOtherOptions()
    {
        var bench = Flooded(new TcpSocketOptions { ReceiveBufferSize = 1 << 20 });
        var answer = Syn(bench, [.. MssOptions(1460), 4, 2, 1, 1, .. TestSegment.ScaleOption(9), 1, .. TestSegment.TimestampOption(500, 0)]);
        Assert.Equal(5, answer.WindowScale);
        bench.EngineInitial = answer.Seq;

        bench.Inject(Ack, 0, 0, options: [1, 1, .. TestSegment.TimestampOption(501, answer.Timestamps!.Value.Value)]);

        var info = bench.Socket.GetInfo();
        Assert.Equal((9, 5, true, true), (info.SendWindowScale, info.ReceiveWindowScale, info.TimestampsEnabled, info.SelectiveAcknowledgmentsEnabled));
        Assert.Equal(65535 << 9, info.SendWindow);
    }

    [Fact, Trait("RFC", "4987 3.6")]
    public void WithoutTimestamps_NothingIsAgreedThatCouldNotBeRemembered()
    {
        var answer = Syn(Flooded(), [.. MssOptions(1460), 4, 2, 1, 1, .. TestSegment.ScaleOption(9), 1]);
        Assert.Null(answer.WindowScale);
        Assert.Null(answer.Timestamps);
        Assert.False(Sacks.IsPermitted(answer));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1 << 24, 0)]
    [InlineData(1 << 27, 0)]
    public void AnotherNumber_IsAnsweredWithReset(int acknowledgment, int sequence)
    {
        var bench = Flooded();
        var answer = Syn(bench, MssOptions(1300));

        bench.InjectRaw(Ack, (uint)(PeerInitial + 1 + sequence), (uint)(answer.Seq + 1 + acknowledgment));

        Assert.True(bench.Next().Is(Rst));
        Assert.Equal(0, bench.Engine.Statistics.SynCookiesAccepted);
    }

    [Theory, Trait("RFC", "4987 3.6")]
    [InlineData(126.9, 1)]
    [InlineData(127, 0)]
    public void ACookieGrowsOld(double seconds, long accepted)
    {
        // The clock begins at a second: the counter's second step is 127 later.
        var bench = Flooded();
        var answer = Syn(bench, MssOptions(1300));
        bench.Elapse(100_000);
        bench.InjectRaw(Bench.Syn, 7, 0); // The flood goes on.
        bench.Now = TimeSpan.FromSeconds(1 + seconds);
        bench.InjectRaw(Ack, PeerInitial + 1, answer.Seq + 1);
        Assert.Equal(accepted, bench.Engine.Statistics.SynCookiesAccepted);
    }

    [Fact]
    public void ARefusalAtTheEnd_ResetsThePeer()
    {
        var bench = Flooded();
        var answer = Syn(bench, MssOptions(1300));
        bench.OnAdmit = static _ => false;
        bench.InjectRaw(Ack, PeerInitial + 1, answer.Seq + 1);
        Assert.True(bench.Next().Is(Rst));
        Assert.Equal(1, bench.Engine.Statistics.Connections);
    }

    [Fact, Trait("RFC", "4987 2")]
    public void AFlood_TakesNoMemoryPerSyn()
    {
        var bench = Flooded();
        for (var port = 3000; port < 13_000; port++)
            bench.Engine.Receive((bench.Packet(Bench.Syn, 7, 0) with { SourcePort = port }).ToPacket(), bench.Now);
        Assert.Equal((1, 1), (bench.Engine.Statistics.Connections, bench.Engine.Statistics.HalfOpen));
        Assert.Equal(10_000, bench.Engine.Statistics.SynCookiesSent);
    }

    /// <summary>A listener whose one place is taken by somebody else.</summary>
    private static Bench Flooded(TcpSocketOptions? socket = null)
    {
        var bench = new Bench(socket: socket).Listen(backlog: 1);
        bench.Engine.Receive((bench.Packet(Bench.Syn, 7, 0) with { SourcePort = 9 }).ToPacket(), bench.Now);
        bench.Drain();
        return bench;
    }

    private static TestSegment Syn(Bench bench, byte[] options)
    {
        bench.InjectRaw(Bench.Syn, PeerInitial, 0, options: options);
        var answer = bench.Next();
        Assert.True(answer.Is(Bench.Syn | Ack), answer.ToString());
        Assert.Equal(PeerInitial + 1, answer.AckNumber);
        return answer;
    }

    private static byte[] MssOptions(int size) => TestSegment.MssOption(size);
}
