using System.Buffers;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>A copy of an outgoing packet in a pooled buffer.</summary>
internal readonly record struct KeptPacket
{
    private readonly byte[] _buffer;
    private readonly int _header;
    private readonly int _segmentSize;
    private readonly bool _checksumIsPartial;

    internal KeptPacket(in OutgoingPacket packet)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(packet.Length);
        packet.CopyTo(_buffer);
        _header = packet.Header.Length;
        Length = packet.Length;
        _segmentSize = packet.SegmentSize;
        _checksumIsPartial = packet.ChecksumIsPartial;
    }

    internal int Length { get; }

    internal OutgoingPacket Packet =>
        new(_buffer.AsSpan(0, _header), _buffer.AsSpan(_header, Length - _header), default, _segmentSize, _checksumIsPartial);

    /// <summary>Gives the buffer back; the packet must not be used any more.</summary>
    internal void Return() => ArrayPool<byte>.Shared.Return(_buffer);
}
