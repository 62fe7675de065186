namespace Toe.MoveProbe;

/// <summary>What became of a connection that was moved. The lists have an element for each move that was done.</summary>
internal sealed record MoveReport(int Seed)
{
    private const double LeastShare = 0.4;

    /// <summary>Moves that were done.</summary>
    public int Moved { get; set; }

    /// <summary>Moves after which the kernel listed the connection, or did not, against what they said.</summary>
    public int ListedWrongly { get; set; }

    /// <summary>How often each reason refused a move.</summary>
    public SortedDictionary<string, int> Refused { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Bytes sent and received by data calls that ended on the host stack.</summary>
    public long BytesOnHost { get; set; }

    /// <summary>Bytes sent and received by data calls that ended on the adapter.</summary>
    public long BytesOnAdapter { get; set; }

    /// <summary>When moves began, in microseconds since 1970.</summary>
    public List<long> Began { get; init; } = [];

    /// <summary>From call to return, in microseconds.</summary>
    public List<double> Microseconds { get; init; } = [];

    /// <summary>How long the connection stood still, in microseconds.</summary>
    public List<double> Standstill { get; init; } = [];

    /// <summary>Bytes in both queues when it stood still.</summary>
    public List<long> Queued { get; init; } = [];

    /// <summary>What ended the connection; null when all bytes came.</summary>
    public string? Failure { get; set; }

    /// <summary>True while a side has carried less than its share.</summary>
    public bool IsBehind(bool onHost)
    {
        lock (Refused)
            return (onHost ? BytesOnHost : BytesOnAdapter) < LeastShare * (BytesOnHost + BytesOnAdapter);
    }

    /// <summary>Adds the bytes of a data call. Any thread.</summary>
    public void Count(int bytes, bool onHost)
    {
        lock (Refused)
        {
            if (onHost)
                BytesOnHost += bytes;
            else
                BytesOnAdapter += bytes;
        }
    }
}
