namespace Toe.Emulated.Tcp;

/// <content>
/// How large the buffers may become. They begin small and grow with what the connection moves in a round trip: the receive buffer holds twice
/// what the application takes in one, so that the peer's slow start is not held up; the send buffer twice the congestion window, so that there
/// is always something to send. Never beyond the options, nor while the engine's memory is scarce.
/// </content>
internal sealed partial class TcpConnection
{
    /// <summary>The largest window that needs no scale factor.</summary>
    private const int FirstBuffer = 64 * 1024 - 1;

    /// <summary>No round trip counts as shorter: the application's thread takes time to wake up too.</summary>
    private const long ShortestRound = TimeSpan.TicksPerMillisecond;

    private int _receiveLimit;
    private long _consumptionSince;
    private long _consumedBefore;

    private int FirstLimit(int limit) => _options.BufferAutotuning ? Math.Min(limit, FirstBuffer) : limit;

    /// <summary>A connection from another carrier has left slow start behind. What it brought may be more than the options allow, and empties first.</summary>
    private void OpenBuffersFully()
    {
        _receiveLimit = _options.ReceiveBufferSize;
        _socket!.SendRing.Limit = _options.SendBufferSize;
    }

    /// <summary>Once in a round trip: what has the application taken in it?</summary>
    private void TuneReceiveBuffer(ByteRing ring)
    {
        if (_receiveLimit >= _options.ReceiveBufferSize || Engine.Now - _consumptionSince < Math.Max(_roundTrip.Smoothed, ShortestRound)) return;
        var consumed = ring.Head - _consumedBefore;
        if (2 * consumed > _receiveLimit && !Engine.Buffers.IsScarce) _receiveLimit = (int)Math.Min(2 * consumed, _options.ReceiveBufferSize);
        _consumptionSince = Engine.Now;
        _consumedBefore = ring.Head;
    }

    /// <summary>The window has grown.</summary>
    private void TuneSendBuffer()
    {
        var ring = _socket!.SendRing;
        if (ring.Limit >= _options.SendBufferSize || 2 * _congestion.Window <= ring.Limit || Engine.Buffers.IsScarce) return;
        ring.Limit = (int)Math.Min(2 * _congestion.Window, _options.SendBufferSize);
    }
}
