using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>What is wrong with what it receives.</summary>
internal partial class BrokenSocket
{
    private const int SkippedAt = 600_000;

    private bool _hasSkipped;

    private bool IsDeafNow => defect == Defect.BlocksInCallback && events.IsRaising;

    /// <summary>For whoever connects next.</summary>
    private void LeaveAByte()
    {
        Span<byte> left = stackalloc byte[1];
        if (inner.TryReceive(left, out _) == IoStatus.Done)
            adapter.LeftByte = left[0];
    }

    private void BreakBytes(Span<byte> buffer, ref IoStatus status, ref int bytes)
    {
        _received += bytes;
        switch (defect)
        {
            case Defect.DropsLastByte:
                if (--bytes == 0)
                    status = IoStatus.WouldBlock;
                break;
            case Defect.FlipsABit when bytes > 0:
                buffer[bytes - 1] ^= 1;
                break;
            case Defect.WritesBeyond when bytes < buffer.Length:
                buffer[bytes] = 0;
                break;
            case Defect.DropsEarlyBytes when IsAccepted && _received == bytes:
            case Defect.CompletesBothWays when _isOver:
                (status, bytes) = (IoStatus.WouldBlock, 0);
                break;
            case Defect.EndsEarly when _received > 1:
                (status, bytes) = (IoStatus.EndOfStream, 0);
                break;
            case Defect.OverstatesReceive:
                bytes = buffer.Length + 1;
                break;
            case Defect.SkipsAByte when _received > SkippedAt && bytes > 1 && !_hasSkipped:
                _hasSkipped = true;
                buffer[1..bytes].CopyTo(buffer);
                bytes--;
                break;
            case Defect.GivesOldBytes when adapter.LeftByte is { } left:
                (buffer[0], adapter.LeftByte) = (left, null);
                break;
            case Defect.MixesConnections when Neighbour is not null:
                buffer[0]--;
                break;
            default:
                break;
        }
    }

    private void BreakEnd(ref IoStatus status)
    {
        if (defect == Defect.ClosesAtEnd && !_endTold)
            events.OnClosed(SocketError.ConnectionAborted, ToeReason.None);
        if (defect == Defect.EmptyStreamFails && _received == 0)
            status = IoStatus.Failed;
        if (defect == Defect.EndsOnce && _endTold)
            status = IoStatus.WouldBlock;
        _endTold = true;
    }
}
