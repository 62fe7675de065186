using CsCheck;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>Options of every kind and length: none stops a segment (RFC 9293 MUST-5 to MUST-7).</summary>
public sealed class OptionBombTests
{
    private static readonly Gen<byte[]> WellFormed = Gen.Select(Gen.Byte[9, 255], Gen.Byte.Array[0, 12],
        static (kind, value) => (byte[])[kind, (byte)(value.Length + 2), .. value]);

    private static readonly Gen<byte[]> AnyOption = Gen.Select(Gen.Byte, Gen.Byte[0, 41], Gen.Byte.Array[0, 38],
        static (kind, length, value) => (byte[])[kind, length, .. value]);

    [Fact, Trait("RFC", "9293 MUST-5, MUST-6, MUST-7")]
    public void Syn_WithEveryKindOfEveryLength_IsAnswered()
    {
        var bench = new Bench().Listen(backlog: 256 * 41);
        var count = 0;
        for (var kind = 0; kind < 256; kind++)
            for (var length = 0; length <= 40; length++)
            {
                byte[] options = [(byte)kind, (byte)length, .. Bytes(38)];
                bench.Engine.Receive((bench.Packet(Syn, 7, 0, options: options) with { SourcePort = ++count }).ToPacket(), bench.Now);
                var answer = bench.Next();
                Assert.True(answer.Is(Syn | Ack), $"kind {kind} length {length}: {answer}");
                if (kind is not 3) Assert.Null(answer.WindowScale);
            }
        Assert.Equal(0, bench.Engine.Statistics.Malformed);
    }

    [Fact, Trait("RFC", "9293 MUST-5, MUST-6, MUST-7")]
    public void Data_WithEveryKindOfEveryLength_IsDelivered()
    {
        var bench = Accepted();
        long at = 0;
        for (var kind = 0; kind < 256; kind++)
            for (var length = 0; length <= 40; length++)
            {
                bench.Inject(Ack, at++, 0, [(byte)at], options: [(byte)kind, (byte)length, .. Bytes(38)]);
                Assert.True(bench.Socket.GetInfo().BytesReceived == at, $"kind {kind} length {length}");
                bench.Read(1);
            }
    }

    [Fact, Trait("RFC", "9293 MUST-6, MUST-64, MUST-68")]
    public void Mss_BehindOptionsThatNobodyKnows_IsRead() =>
        Gen.Select(WellFormed.Array[0, 4], Gen.Int[0, 3], Gen.Int[100, 1400]).Sample((unknown, padding, mss) =>
        {
            byte[] before = [.. unknown.SelectMany(static option => option), .. Enumerable.Repeat((byte)1, padding)];
            if (before.Length > 36) return;
            var bench = Accepted(options: [.. before, .. TestSegment.MssOption(mss)]);
            Assert.Equal(mss, bench.Socket.GetInfo().SendMaximumSegmentSize);
        }, iter: 1000, threads: 1);

    [Fact, Trait("RFC", "9293 MUST-7; 7323 2.2, 3.2")]
    public void OptionsRepeatedAndBroken_LeaveAConnectionThatWorks() =>
        Gen.Select(AnyOption.Array[1, 4], Gen.Byte[2, 8].Array[0, 6]).Sample((broken, repeated) =>
        {
            byte[] options = [.. repeated.SelectMany(Known), .. broken.SelectMany(static option => option)];
            options = options[..Math.Min(options.Length, 40)];
            var bench = new Bench(socket: new TcpSocketOptions()).Listen();
            bench.InjectRaw(Syn, PeerInitial, 0, options: options);
            var answer = bench.Next();
            Assert.True(answer.Is(Syn | Ack), answer.ToString());
            bench.EngineInitial = answer.Seq;
            // Timestamps that the answer agrees to are on every segment from now on.
            bench.PeerOptions = answer.Timestamps is { } stamps ? () => TestSegment.TimestampOption(stamps.Echo, stamps.Value) : null;
            bench.Inject(Ack, 0, 0, Bytes(10));
            Assert.Equal(Bytes(10), bench.ReadAll());
            bench.Drain();
            bench.Write(10);
            var sent = bench.Drain();
            Assert.Equal(Bytes(10), sent.SelectMany(static segment => segment.Payload).ToArray());
        }, iter: 2000, threads: 1);

    private static byte[] Known(byte kind) => kind switch
    {
        2 => TestSegment.MssOption(1000),
        3 => TestSegment.ScaleOption(255),
        4 => Sacks.Permitted,
        5 => [5, 10, 0, 0, 0, 1, 0, 0, 0, 2],
        8 => TestSegment.TimestampOption(77, 0),
        _ => [1],
    };
}
