using static Toe.Emulated.Tests.Tcp.Stateful.Judgement;
using static Toe.Emulated.Tests.Tcp.TestSegment;

namespace Toe.Emulated.Tests.Tcp.Stateful;

/// <summary>
/// What an observer on the wire knows of one connection, and what must hold of every segment the engine sends. The peer's initial numbers lie
/// <see cref="Spacing"/> apart, so that any number of its stream says which one it belongs to; its byte at a number is a function of the number.
/// </summary>
internal sealed class WireModel
{
    public const int Spacing = 1 << 20;

    private readonly uint _firstInitial;
    private readonly HashSet<uint> _fins = [];
    private readonly uint[] _peerMaxima = new uint[4];
    private uint? _edge;
    private uint? _acknowledged;
    private int? _scale;

    public WireModel(uint firstInitial)
    {
        _firstInitial = firstInitial;
        PeerInitial = firstInitial;
        for (var i = 0; i < _peerMaxima.Length; i++) _peerMaxima[i] = InitialOf(i);
        ReceiveNext = firstInitial + 1;
    }

    /// <summary>The engine's initial number, from its SYN.</summary>
    public uint EngineInitial { get; private set; }

    /// <summary>The peer's initial number that the engine acknowledges.</summary>
    public uint PeerInitial { get; private set; }

    /// <summary>SND.MAX: one behind the highest number the engine has sent.</summary>
    public uint SendMaximum { get; private set; }

    /// <summary>RCV.NXT as the engine last told it.</summary>
    public uint ReceiveNext { get; private set; }

    /// <summary>The right edge of the engine's window as it last told it.</summary>
    public uint Edge => _edge ?? ReceiveNext;

    /// <summary>The engine's timestamp, to be echoed.</summary>
    public uint EngineStamp { get; private set; }

    /// <summary>The engine agreed to timestamps.</summary>
    public bool Timestamps { get; private set; }

    /// <summary>One behind the highest number the peer has sent for this initial number.</summary>
    public uint PeerMaximum => _peerMaxima[IndexOf(PeerInitial)];

    /// <summary>The furthest that any window of the peer ever reached.</summary>
    public uint PeerEdge { get; private set; }

    /// <summary>The peer has sent a FIN somewhere.</summary>
    public bool FinInjected => _fins.Count > 0;

    /// <summary>The peer has sent a FIN with this number.</summary>
    public bool HasFinAt(uint sequence) => _fins.Contains(sequence);

    public uint InitialOf(int incarnation) => _firstInitial + (uint)(incarnation % _peerMaxima.Length * Spacing);

    public static byte PeerByte(uint sequence) => (byte)(sequence * 31 ^ sequence >> 8);

    public static byte EngineByte(long position) => (byte)(position * 7 ^ position >> 9);

    public void OnInjected(TestSegment segment, int scale)
    {
        var end = segment.Seq + (uint)segment.Payload.Length + ((segment.Flags & Fin) != 0 ? 1u : 0) + ((segment.Flags & Syn) != 0 ? 1u : 0);
        var index = IndexOf(end);
        if (index < _peerMaxima.Length && After(end, _peerMaxima[index])) _peerMaxima[index] = end;
        if ((segment.Flags & Fin) != 0) _fins.Add(end - 1);
        var edge = segment.AckNumber + ((uint)segment.Window << scale);
        if ((segment.Flags & Ack) != 0 && segment.AckNumber - EngineInitial < Spacing && After(edge, PeerEdge)) PeerEdge = edge;
        if ((segment.Flags & (Syn | Ack)) == Syn) PeerEdge = After(EngineInitial + 1 + segment.Window, PeerEdge) ? EngineInitial + 1 + segment.Window : PeerEdge;
    }

    /// <summary>Judges one segment of the engine.</summary>
    /// <param name="segment">The segment; a RST says nothing of the connection.</param>
    /// <param name="scale">The shift of the engine's window after an active open; an answer to a SYN tells it itself.</param>
    /// <param name="written">Bytes that the application has written.</param>
    /// <param name="completed">The application has no more to write.</param>
    public void OnSent(TestSegment segment, int scale, long written, bool completed)
    {
        if ((segment.Flags & Rst) != 0) return;
        if ((segment.Flags & Syn) != 0) Begin(segment);
        JudgeText(segment, written, completed);
        if ((segment.Flags & Ack) != 0) JudgeAcknowledgment(segment, (segment.Flags & Syn) != 0 ? 0 : _scale ?? scale);
        if (segment.Timestamps is { } stamps) EngineStamp = stamps.Value;
    }

    private void Begin(TestSegment syn)
    {
        Timestamps = syn.Timestamps is not null;
        _scale = (syn.Flags & Ack) != 0 ? syn.WindowScale ?? 0 : null;
        var initial = (syn.Flags & Ack) != 0 ? InitialBefore(syn.AckNumber) : PeerInitial;
        if (syn.Seq == EngineInitial && initial == PeerInitial) return;
        (_edge, _acknowledged) = (null, null);
        PeerInitial = initial;
        EngineInitial = syn.Seq;
        SendMaximum = syn.Seq + 1;
        PeerEdge = syn.Seq + 1 + ushort.MaxValue;
    }

    private void JudgeText(TestSegment segment, long written, bool completed)
    {
        var syn = (segment.Flags & Syn) != 0 ? 1 : 0;
        var end = segment.Seq + (uint)(segment.Payload.Length + syn);
        var position = (long)(int)(segment.Seq + (uint)syn - EngineInitial - 1);
        for (var i = 0; i < segment.Payload.Length; i++)
            if (segment.Payload[i] != EngineByte(position + i)) Assert.Fail($"byte {position + i} of {segment}");
        Judge(position + segment.Payload.Length <= written + 2, $"{segment} is beyond the {written} bytes written");
        if ((segment.Flags & Fin) != 0)
        {
            Judge(completed, $"{segment} without a close");
            Assert.Equal(written, position + segment.Payload.Length);
            end++;
        }
        // One byte may probe a closed window; a FIN needs none.
        if (segment.Payload.Length > 1) Judge(!After(segment.Seq + (uint)segment.Payload.Length, PeerEdge + 1), $"{segment} is beyond the window's edge {PeerEdge}");
        if (After(end, SendMaximum)) SendMaximum = end;
    }

    private void JudgeAcknowledgment(TestSegment segment, int scale)
    {
        if (!IsOfThisStream(segment.AckNumber)) PeerInitial = InitialBefore(segment.AckNumber);
        Judge(!After(segment.AckNumber, PeerMaximum), $"{segment} acknowledges beyond {PeerMaximum}");
        Judge(_acknowledged is not { } last || !After(last, segment.AckNumber), $"{segment} takes the acknowledgment of {_acknowledged} back");
        _acknowledged = ReceiveNext = segment.AckNumber;
        var edge = segment.AckNumber + ((uint)segment.Window << scale);
        // What a shift cuts off is all that may be missing (RFC 7323 §2.4); a SYN that comes again cannot say more than 65535 (§2.2).
        if ((segment.Flags & Syn) == 0) Judge(_edge is not { } before || !After(before, edge + (1u << scale) - 1), $"{segment} takes the window's edge {_edge} back to {edge}");
        if (_edge is not { } known || After(edge, known)) _edge = edge;
    }

    private bool IsOfThisStream(uint sequence) => sequence - PeerInitial < Spacing;

    private uint InitialBefore(uint sequence) => _firstInitial + (uint)IndexOf(sequence) * Spacing;

    private int IndexOf(uint sequence) => (int)((sequence - _firstInitial) / Spacing);

    private static bool After(uint a, uint b) => (int)(a - b) > 0;
}
