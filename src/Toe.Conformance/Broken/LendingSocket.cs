using System.Buffers;

namespace Toe.Conformance;

/// <summary>Lends buffers of its own in front of a socket that has none to lend, with a defect in one of the calls.</summary>
internal sealed class LendingSocket(IToeAdapterSocket inner, BrokenSocketEvents events, BrokenAdapter adapter, Defect defect) : BrokenSocket(inner, events, adapter, defect), ILendsBuffers, IToeAdapterSocket
{
    private readonly IToeAdapterSocket _inner = inner;
    private readonly Defect _defect = defect;
    private readonly byte[] _shown = new byte[64 << 10];
    private readonly byte[] _room = new byte[64 << 10];
    private int _count;

    public bool TryPeek(out ReadOnlySequence<byte> data)
    {
        if (_inner.TryReceive(_shown.AsSpan(_count), out var bytes) == IoStatus.Done)
            _count += bytes;
        data = new ReadOnlySequence<byte>(_shown, 0, _count);
        var isSomething = _count > 0;
        if (_defect == Defect.PeekTakes)
            _count = 0;
        return isSomething;
    }

    public void Consume(long bytes)
    {
        _shown.AsSpan((int)bytes, _count - (int)bytes).CopyTo(_shown);
        _count -= (int)bytes;
    }

    public Memory<byte> GetSendMemory(int hint) => _room;

    public void CommitSend(int bytes)
    {
        if (_defect != Defect.CommitsNothing)
            _inner.TrySend(_room.AsSpan(0, bytes), out _);
    }

    IoStatus IToeAdapterSocket.TryReceive(Span<byte> buffer, out int bytes)
    {
        if (_count == 0 || buffer.IsEmpty || _defect == Defect.LendsAnotherStream)
            return _inner.TryReceive(buffer, out bytes);
        bytes = Math.Min(_count, buffer.Length);
        _shown.AsSpan(0, bytes).CopyTo(buffer);
        Consume(bytes);
        return IoStatus.Done;
    }
}
