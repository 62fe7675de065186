using System.Net;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>RFC 4987: strangers that begin handshakes and never end them cost a bounded amount, and nobody else's place.</summary>
public sealed class SynFloodTests
{
    private const int Flood = 20_000;

    [Fact, Trait("RFC", "4987 2, 3.6")]
    public void AtTheEnginesLimit_HalfOpenConnectionsStopAndAClientStillGetsIn()
    {
        var bench = new Bench().Listen(backlog: 100_000);
        for (var i = 0; i < Flood; i++) SynOfAStranger(bench, i);

        var statistics = bench.Engine.Statistics;
        Assert.Equal((4096, 4096), (statistics.HalfOpen, statistics.Connections));
        Assert.Equal(Flood - 4096, statistics.SynCookiesSent);
        Assert.Equal(Flood, bench.Drain().Count); // No more packets than came: nobody is flooded through us.
        Assert.Equal(0, bench.Engine.Buffers.Used);

        Open(bench);
        bench.Inject(Ack, 0, 0, Bytes(5));
        Assert.Equal(Bytes(5), bench.ReadAll());
    }

    [Fact, Trait("RFC", "4987 2; 9293 MUST-23")]
    public void HalfOpenConnections_AreForgottenAndTheirAnswersRepeatedFewTimes()
    {
        var bench = new Bench().Listen(backlog: 500);
        for (var i = 0; i < 500; i++) SynOfAStranger(bench, i);

        bench.Elapse(TimeSpan.FromMinutes(3).TotalMilliseconds);

        Assert.Equal((0, 0), (bench.Engine.Statistics.HalfOpen, bench.Engine.Statistics.Connections));
        // 1, 2, 4, … 60 s apart: eight repetitions fit three minutes.
        Assert.InRange(bench.Drain().Count, 500 * 2, 500 * 10);
        Assert.Null(bench.Engine.NextWakeUp);
    }

    [Fact, Trait("RFC", "4987 2")]
    public void WithoutCookies_TheFloodIsDroppedAndAClientGetsInWhenItIsOver()
    {
        var options = Options();
        options.SynCookies = false;
        var bench = new Bench(options).Listen();
        for (var i = 0; i < Flood; i++) SynOfAStranger(bench, i);
        Assert.Equal((16, Flood - 16L, 16), (bench.Engine.Statistics.HalfOpen, bench.Engine.Statistics.SynsDropped, bench.Drain().Count));

        bench.Elapse(TimeSpan.FromMinutes(3).TotalMilliseconds);
        bench.Drain();

        Open(bench);
    }

    [Fact, Trait("RFC", "4987 3.6")]
    public void GuessedCookies_MakeNoConnection()
    {
        var bench = new Bench().Listen(backlog: 1);
        SynOfAStranger(bench, 1);
        SynOfAStranger(bench, 2); // From now on cookies are taken.
        var random = new Random(4987);
        for (var i = 0; i < Flood; i++)
            bench.InjectRaw(Ack, (uint)random.Next(), (uint)random.NextInt64(1L << 32), Bytes(1));

        Assert.Equal((0, 1), (bench.Engine.Statistics.SynCookiesAccepted, bench.Engine.Statistics.Connections));
        Assert.Equal(Flood, bench.Engine.Statistics.ResetsSent);
    }

    [Fact, Trait("RFC", "4987 2; 9293 MUST-41")]
    public void AFloodOfOneListener_LeavesTransfersAlone()
    {
        var bench = Accepted();
        for (var i = 0; i < Flood; i++)
        {
            SynOfAStranger(bench, i);
            if (i % 1000 != 0) continue;
            bench.Inject(Ack, i / 1000 * 10, 0, Bytes(10));
            bench.Read(10);
        }
        Assert.Equal((TcpState.Established, 200), (bench.Socket.State, bench.Socket.GetInfo().BytesReceived));
    }

    private static void SynOfAStranger(Bench bench, int number) =>
        bench.Engine.Receive((bench.Packet(Syn, (uint)number, 0) with
        {
            Source = new IPAddress([192, 0, (byte)(number >> 8), (byte)number]),
            SourcePort = 1024 + number % 7,
        }).ToPacket(), bench.Now);

    private static void Open(Bench bench)
    {
        bench.InjectRaw(Syn, PeerInitial, 0, options: TestSegment.MssOption(1000));
        bench.EngineInitial = bench.Next().Seq;
        bench.Inject(Ack);
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }
}
