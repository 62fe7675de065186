using Toe.Testing;

namespace Toe.Emulated.Tests.Tcp.Oracles;

/// <summary>What Wireshark's dissector and its expert say of a capture, from one run of tshark.</summary>
internal sealed class Tshark
{
    private static readonly string[] Fields =
    [
        "_ws.malformed", "tcp.checksum.status", "ip.checksum.status", "tcp.options.wscale.shift.invalid", "tcp.analysis.retransmission",
        "tcp.analysis.fast_retransmission", "tcp.analysis.spurious_retransmission", "tcp.analysis.out_of_order", "tcp.analysis.lost_segment",
        "tcp.analysis.ack_lost_segment",
    ];

    private readonly List<string[]> _frames;

    private Tshark(List<string[]> frames) => _frames = frames;

    public int Frames => _frames.Count;

    public static async Task<Tshark> ReadAsync(string path)
    {
        Needs.Tool("tshark");
        string[] command =
        [
            "tshark", "-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=,", "-E", "occurrence=f",
            .. Fields.SelectMany(static field => (string[])["-e", field]),
        ];
        var answer = (await KernelPeer.RunAsync(command)).Good();
        return new Tshark(answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.TrimEnd('\r').Split(',')).ToList());
    }

    /// <summary>Frames, from 1, that are malformed, have a bad checksum or a shift above 14, or acknowledge what was never there.</summary>
    public int[] Wrong() => Where(static (field, value) => field switch
    {
        "tcp.checksum.status" or "ip.checksum.status" => value == "0",
        "_ws.malformed" or "tcp.options.wscale.shift.invalid" or "tcp.analysis.ack_lost_segment" => value.Length > 0,
        _ => false,
    });

    /// <summary>Frames with this note of the expert.</summary>
    public int[] Noted(params string[] notes) => Where((field, value) => value.Length > 0 && notes.Contains(field.Split('.')[^1]));

    /// <summary>Frames whose TCP checksum was looked at and found good.</summary>
    public int[] Verified() => Where(static (field, value) => field == "tcp.checksum.status" && value == "1");

    private int[] Where(Func<string, string, bool> holds) =>
        Enumerable.Range(0, _frames.Count).Where(i => Fields.Zip(_frames[i]).Any(pair => holds(pair.First, pair.Second))).Select(static i => i + 1).ToArray();
}
