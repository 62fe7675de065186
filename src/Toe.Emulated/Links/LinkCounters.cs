namespace Toe.Emulated.Links;

/// <summary>The counters behind <see cref="LinkStatistics"/>; any thread may count.</summary>
internal sealed class LinkCounters
{
    private readonly long[] _dropped = new long[Enum.GetValues<LinkDropCause>().Length];
    private long _packetsSent;
    private long _bytesSent;
    private long _packetsReceived;
    private long _bytesReceived;

    internal void Sent(int bytes)
    {
        Interlocked.Increment(ref _packetsSent);
        Interlocked.Add(ref _bytesSent, bytes);
    }

    internal void Received(int bytes)
    {
        Interlocked.Increment(ref _packetsReceived);
        Interlocked.Add(ref _bytesReceived, bytes);
    }

    internal void Dropped(LinkDropCause cause) => Interlocked.Increment(ref _dropped[(int)cause]);

    internal LinkStatistics Snapshot()
    {
        var dropped = new long[_dropped.Length];
        for (var cause = 0; cause < dropped.Length; cause++)
            dropped[cause] = Interlocked.Read(ref _dropped[cause]);
        return new LinkStatistics(
            Interlocked.Read(ref _packetsSent), Interlocked.Read(ref _bytesSent),
            Interlocked.Read(ref _packetsReceived), Interlocked.Read(ref _bytesReceived), dropped);
    }
}
