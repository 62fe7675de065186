using Toe.Emulated.Tcp;
using Toe.Testing;

namespace Toe.Emulated.Tests.Tcp.Oracles;

/// <summary>Wireshark's expert as a second opinion on what the engine sends; one process for each capture.</summary>
public sealed class TsharkTests
{
    private static readonly TcpSocketOptions[] Variants =
    [
        new(),
        new() { Timestamps = false, ReceiveBufferSize = 5000 },
        new() { SelectiveAcknowledgments = false, NoDelay = true, CongestionControl = TcpCongestionControl.Reno },
        new() { WindowScaling = false, SendBufferSize = 3000 },
    ];

    [Fact, Trait("RFC", "9293 MUST-2; 7323 2.3; 791; 8200")]
    public async Task LosslessTransfers_AreWellFormedAndRepeatNothing()
    {
        Needs.Tool("tshark");
        using var file = new TemporaryFile();
        int packets;
        using (var capture = new CapturedTransfers(file.Path))
        {
            for (var seed = 0; seed < 2 * Variants.Length; seed++) capture.Run(seed, Variants[seed / 2]);
            packets = capture.Packets;
            // What must be found, so that finding nothing means something.
            capture.Write(new TestSegment { Source = new([10, 1, 0, 1]), Destination = new([10, 1, 0, 2]), Flags = TestSegment.Syn, CorruptChecksum = true }.ToPacket(), default);
            capture.Write(new TestSegment { Source = new([10, 1, 0, 3]), Destination = new([10, 1, 0, 2]), Flags = TestSegment.Syn, Options = TestSegment.ScaleOption(15) }.ToPacket(), default);
        }
        var report = await Tshark.ReadAsync(file.Path);

        Assert.Equal([packets + 1, packets + 2], report.Wrong());
        Assert.Equal(packets + 1, report.Verified().Length);
        Assert.Empty(report.Noted("retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "lost_segment"));
    }

    [Fact, Trait("RFC", "5681 3.2; 6675; 8985; 6582")]
    public async Task LossyTransfers_RepeatAboutWhatWasLost()
    {
        Needs.Tool("tshark");
        using var file = new TemporaryFile();
        long lost;
        using (var capture = new CapturedTransfers(file.Path))
        {
            for (var seed = 0; seed < 4 * Variants.Length; seed++) capture.Run(seed, Variants[seed / 4], loss: 0.03);
            lost = capture.Lost;
        }
        var report = await Tshark.ReadAsync(file.Path);

        Assert.Empty(report.Wrong());
        // A lost ACK costs nothing, a lost segment one repetition; a tail probe or a time-out may send one too many.
        var repeated = report.Noted("retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order");
        Assert.InRange(repeated.Length, lost / 4, 2 * lost);
        Assert.InRange(report.Noted("spurious_retransmission").Length, 0, lost / 2);
        Assert.InRange(report.Noted("lost_segment").Length, 1, lost);
    }

    private sealed class TemporaryFile : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("toe-tshark-");

        public string Path => System.IO.Path.Combine(_folder.FullName, "capture.pcapng");

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
