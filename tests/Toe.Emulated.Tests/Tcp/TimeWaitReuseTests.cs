using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Which SYN opens a connection in TIME-WAIT again: RFC 6191 §2. The peer's last number was 0, its last timestamp 500.</summary>
public sealed class TimeWaitReuseTests
{
    [Theory, Trait("RFC", "6191 2")]
    [InlineData(501u, -5000, true)]
    [InlineData(501u, 100, true)]
    [InlineData(500u, 100, true)]
    [InlineData(500u, 0, false)]
    [InlineData(500u, -5000, false)]
    [InlineData(499u, 100, false)]
    [InlineData(null, 100, true)]
    [InlineData(null, 0, false)]
    [InlineData(null, -5000, false)]
    public void Syn_BehindAConnectionWithTimestamps(uint? stamp, long number, bool opens) => AssertReuse(hadTimestamps: true, stamp, number, opens);

    [Theory, Trait("RFC", "6191 2")]
    [InlineData(1u, -5000, true)]
    [InlineData(1u, 100, true)]
    [InlineData(null, 100, true)]
    [InlineData(null, 0, false)]
    [InlineData(null, -5000, false)]
    public void Syn_BehindAConnectionWithoutTimestamps(uint? stamp, long number, bool opens) => AssertReuse(hadTimestamps: false, stamp, number, opens);

    [Fact, Trait("RFC", "6191 2")]
    public void TimeWait_WhereTheListenerUsesNoTimestamps_GoesByTheNumber()
    {
        var bench = Accepted();
        bench.Finish();
        bench.Next();
        bench.Inject(Fin | Ack, 0, 1);
        bench.Expect(Ack, 1, 1);
        bench.Inject(Syn, -5000, options: TestSegment.TimestampOption(501, 0));
        bench.Expect(Ack, 1, 1);
    }

    private static void AssertReuse(bool hadTimestamps, uint? stamp, long number, bool opens)
    {
        byte[] last = hadTimestamps ? TestSegment.TimestampOption(500, 0) : [1];
        var bench = Accepted(socket: new TcpSocketOptions(), options: last, each: () => last);
        bench.Finish();
        bench.Next();
        bench.Inject(Fin | Ack, 0, 1);
        bench.Expect(Ack, 1, 1);
        bench.Elapse(1000);

        bench.Inject(Syn, number, options: stamp is { } value ? TestSegment.TimestampOption(value, 0) : [1]);

        var answer = bench.Next();
        Assert.True(answer.Is((byte)(opens ? Syn | Ack : Ack)), answer.ToString());
        Assert.Equal(opens ? (uint)(PeerInitial + 2 + number) : PeerInitial + 2, answer.AckNumber);
        Assert.Equal(opens ? 0 : 1, bench.Engine.Statistics.TimeWait);
    }
}
