using System.Net;
using System.Runtime.Versioning;
using Toe.Emulated.Tests.Tcp;
using static Toe.Emulated.Tests.Tcp.TestSegment;

namespace Toe.Integration.Tests.Differential;

/// <summary>
/// Plays one scenario against a subject and writes down, step by step, what the subject said. Numbers are relative to the first byte behind
/// the SYN of their direction. What comes again by itself is left out: it is a matter of time.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Script(ISubject subject, int peerPort)
{
    private const uint PeerInitial = 1_000_000;

    private readonly HashSet<(byte Flags, uint Seq, int Length)> _seen = [];
    private uint _origin = PeerInitial + 1;
    private uint _subjectInitial;
    private int _port;
    private bool _knows;

    /// <summary>Steps with what the subject answered to them.</summary>
    public List<(string Step, string Answer)> Steps { get; } = [];

    /// <summary>The window last told by the subject.</summary>
    public int Window { get; private set; }

    /// <summary>A listener that nothing has reached yet.</summary>
    public void Listen() => _port = subject.Listen();

    /// <summary>A connection opened by the peer.</summary>
    public void Open(byte[]? options = null)
    {
        Listen();
        Peer(Syn, -1, options: options ?? MssOption(1000));
        Peer(Ack, 0, 0);
    }

    public void Connect()
    {
        _port = subject.Connect(peerPort);
        Note("connect");
    }

    public void Outcome() => Steps.Add(("outcome", subject.Outcome()));

    /// <summary>A port where nobody listens.</summary>
    public void Closed() => _port = 9;

    public void Peer(byte flags, long seq, long ack = 0, int length = 0, ushort window = 65535, byte[]? options = null, ushort urgent = 0)
    {
        var segment = Segment(flags, seq, ack, length, window, options, urgent);
        subject.Inject(segment);
        Note($"peer {Describe(segment, seq, ack)}" + (window == 0 ? ", zero window" : ""));
    }

    /// <summary>Sends whole windows until the subject tells one of zero. From then on the peer's numbers count from what it has acknowledged, which is its own affair.</summary>
    public void Fill()
    {
        var sent = 0;
        var acknowledged = _origin;
        for (var i = 0; Window > 0 && i < 1000; i++)
        {
            var length = Math.Min(500, Window);
            subject.Inject(Segment(Ack, sent, 0, length, 65535, null, 0));
            sent += length;
            foreach (var answer in Answers()) (Window, acknowledged) = (answer.Window, answer.AckNumber);
        }
        _origin = acknowledged;
        Steps.Add(("peer fills the window", Window == 0 ? "zero window" : "still open"));
    }

    public void Send(int count)
    {
        subject.Send(count);
        Note($"send {count}");
    }

    public void Receive()
    {
        var result = subject.Receive();
        Note("receive", result);
    }

    /// <summary>Receives all without saying how much.</summary>
    public void ReceiveAll()
    {
        subject.Receive();
        Note("receive all");
    }

    public void Finish()
    {
        subject.CompleteSending();
        Note("complete sending");
    }

    public void Close()
    {
        subject.Close();
        Note("close");
    }

    private TestSegment Segment(byte flags, long seq, long ack, int length, ushort window, byte[]? options, ushort urgent) => new()
    {
        Source = IPAddress.Parse(TapBench.EngineAddress),
        Destination = IPAddress.Parse(TapBench.KernelAddress),
        SourcePort = peerPort,
        DestinationPort = _port,
        Flags = flags,
        Seq = (uint)(_origin + seq),
        AckNumber = (flags & Ack) != 0 ? (uint)(_subjectInitial + 1 + ack) : 0,
        Window = window,
        Options = options ?? [],
        Payload = new byte[length],
        UrgentPointer = urgent,
    };

    private void Note(string step, string? result = null)
    {
        List<string> said = result is null ? [] : [result];
        foreach (var segment in Answers())
        {
            if ((segment.Flags & Syn) != 0 && !_knows) (_subjectInitial, _knows) = (segment.Seq, true);
            var repeats = segment.Payload.Length > 0 || (segment.Flags & (Syn | Fin)) != 0;
            if (repeats && !_seen.Add((segment.Flags, segment.Seq, segment.Payload.Length))) continue;
            if ((segment.Flags & Rst) == 0) Window = segment.Window;
            var ack = (int)(segment.AckNumber - _origin);
            said.Add(Describe(segment, (int)(segment.Seq - _subjectInitial - 1), ack)
                + ((segment.Flags & (Rst | Syn)) == 0 && segment.Window == 0 ? ", zero window" : "")
                + ((segment.Flags & Syn) != 0 ? $", MSS {segment.Mss}" : ""));
        }
        Steps.Add((step, said.Count == 0 ? "nothing" : string.Join("; ", said)));
    }

    /// <summary>A connection that an earlier scenario closed may still be given up by a timer, with an RST: that is none of ours.</summary>
    private IEnumerable<TestSegment> Answers() => subject.Answers().Where(segment => segment.DestinationPort == peerPort);

    private static string Describe(TestSegment segment, long seq, long ack)
    {
        var flags = string.Concat("FSRPAU".Where((name, bit) => name != 'P' && (segment.Flags >> bit & 1) != 0));
        return (flags.Length == 0 ? "no flags" : flags) + $" seq {seq}" + ((segment.Flags & Ack) != 0 ? $" ack {ack}" : "")
            + (segment.Payload.Length > 0 ? $" len {segment.Payload.Length}" : "");
    }
}
