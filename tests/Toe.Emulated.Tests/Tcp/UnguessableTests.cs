using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>What nobody outside may guess: initial sequence numbers (RFC 6528 §3) and ephemeral ports (RFC 6056 §3).</summary>
public sealed class UnguessableTests
{
    [Theory, Trait("RFC", "6528 3")]
    [InlineData("10.0.0.3:5000", "10.0.0.2:9")]
    [InlineData("10.0.0.1:5001", "10.0.0.2:9")]
    [InlineData("10.0.0.1:5000", "10.0.0.4:9")]
    [InlineData("10.0.0.1:5000", "10.0.0.2:10")]
    public void Isn_DependsOnEachPartOfTheConnection(string local, string remote) =>
        Assert.True(Distance(Isn(local, remote), Isn("10.0.0.1:5000", "10.0.0.2:9")) > 10_000);

    [Fact, Trait("RFC", "6528 3; 9293 MUST-8")]
    public void Isn_OfTheSameConnectionLater_IsAheadByTheClock() =>
        Assert.Equal(250_000u, Isn("10.0.0.1:5000", "10.0.0.2:9", seconds: 2) - Isn("10.0.0.1:5000", "10.0.0.2:9", seconds: 1));

    [Fact, Trait("RFC", "6528 3")]
    public void Isn_OfAPassiveOpen_FollowsClockTupleAndSecretToo()
    {
        static uint Answer(double seconds, int port, byte secret)
        {
            var bench = new Bench(new TcpEngineOptions { Secret = Enumerable.Repeat(secret, 16).ToArray() }) { Now = TimeSpan.FromSeconds(seconds) }.Listen();
            bench.Engine.Receive((bench.Packet(Syn, 1, 0) with { SourcePort = port }).ToPacket(), bench.Now);
            return bench.Next().Seq;
        }
        var first = Answer(1, 5, 0);
        Assert.Equal(250_000u, Answer(2, 5, 0) - first);
        Assert.True(Distance(Answer(1, 6, 0), first) > 10_000);
        Assert.True(Distance(Answer(1, 5, 1), first) > 10_000);
    }

    [Fact, Trait("RFC", "6528 3")]
    public void Secret_IsDrawnAnewForEachEngine() =>
        Assert.NotEqual(Isn("10.0.0.1:5000", "10.0.0.2:9", new TcpEngineOptions()), Isn("10.0.0.1:5000", "10.0.0.2:9", new TcpEngineOptions()));

    [Fact, Trait("RFC", "6056 3.3.3")]
    public void Ports_BeginElsewhereForEachDestinationAndSecret()
    {
        var first = Enumerable.Range(0, 30).Select(secret => Ports((byte)secret, "10.0.0.2:9", 1)[0]).ToList();
        Assert.True(first.Distinct().Count() > 25);
        Assert.True(first.Max() - first.Min() > 8000);
        first = Enumerable.Range(1, 30).Select(port => Ports(0, $"10.0.0.2:{port}", 1)[0]).ToList();
        Assert.True(first.Distinct().Count() > 25);
        Assert.True(first.Max() - first.Min() > 8000);
    }

    [Fact, Trait("RFC", "6056 3.3.3")]
    public void Ports_OfOneDestination_ComeRoundAsLateAsPossible()
    {
        var ports = Ports(0, "10.0.0.2:9", 100);
        Assert.Equal(100, ports.Distinct().Count());
        Assert.All(ports.Zip(ports.Skip(1)), pair => Assert.Equal(1, (pair.Second - pair.First + 16_384) % 16_384));
    }

    [Fact, Trait("RFC", "6056 3.1, 3.2; 6335 6")]
    public void Ports_AreOfTheDynamicRange()
    {
        for (var destination = 1; destination <= 200; destination++)
            Assert.InRange(Ports(3, $"10.0.0.2:{destination}", 1)[0], 49_152, 65_535);
    }

    [Fact, Trait("RFC", "6056 3.1")]
    public void Port_OfAListener_IsNotPicked()
    {
        var bench = new Bench(new TcpEngineOptions { FirstEphemeralPort = 50_000, LastEphemeralPort = 50_003 });
        bench.Engine.Listen(new IPEndPoint(bench.Local, 50_001), 1, bench.SocketOptions, bench);
        var ports = Enumerable.Range(0, 3).Select(_ => Connect(bench, "10.0.0.1:0", "10.0.0.2:9").LocalEndPoint.Port).Order();
        Assert.Equal([50_000, 50_002, 50_003], ports);
        // Whatever the secret, which decides where the search begins: the fourth would be the listener's.
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => Connect(bench, "10.0.0.1:0", "10.0.0.2:9")).SocketErrorCode);
    }

    private static long Distance(uint a, uint b) => Math.Abs((long)(int)(a - b));

    private static uint Isn(string local, string remote, TcpEngineOptions? engine = null, double seconds = 1)
    {
        var bench = new Bench(engine) { Now = TimeSpan.FromSeconds(seconds) };
        Connect(bench, local, remote);
        bench.Engine.Advance(bench.Now);
        return bench.Next().Seq;
    }

    private static List<int> Ports(byte secret, string remote, int count)
    {
        var bench = new Bench(new TcpEngineOptions { Secret = Enumerable.Repeat(secret, 16).ToArray() });
        return Enumerable.Range(0, count).Select(_ => Connect(bench, "10.0.0.1:0", remote).LocalEndPoint.Port).ToList();
    }

    private static TcpSocket Connect(Bench bench, string local, string remote) =>
        bench.Engine.Connect(IPEndPoint.Parse(local), IPEndPoint.Parse(remote), bench.SocketOptions, bench.Events);
}
