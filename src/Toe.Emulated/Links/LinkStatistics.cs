namespace Toe.Emulated.Links;

/// <summary>What a link has carried and dropped, as seen at one moment. The counters are read one after the other.</summary>
public sealed class LinkStatistics
{
    private readonly long[] _dropped;

    internal LinkStatistics(long packetsSent, long bytesSent, long packetsReceived, long bytesReceived, long[] dropped)
    {
        PacketsSent = packetsSent;
        BytesSent = bytesSent;
        PacketsReceived = packetsReceived;
        BytesReceived = bytesReceived;
        _dropped = dropped;
    }

    /// <summary>IP packets the owner sent and the link took.</summary>
    public long PacketsSent { get; }

    /// <summary>Their bytes, IP headers included.</summary>
    public long BytesSent { get; }

    /// <summary>IP packets the owner received.</summary>
    public long PacketsReceived { get; }

    /// <summary>Their bytes, IP headers included.</summary>
    public long BytesReceived { get; }

    /// <summary>Everything dropped, in both directions.</summary>
    public long TotalDropped => _dropped.Sum();

    /// <summary>What was dropped for one cause, in both directions.</summary>
    public long Dropped(LinkDropCause cause) => _dropped[(int)cause];
}
