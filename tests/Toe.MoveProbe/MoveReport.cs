namespace Toe.MoveProbe;

/// <summary>What became of a connection that was moved.</summary>
internal sealed record MoveReport
{
    /// <summary>Moves that were done.</summary>
    public int Moved { get; set; }

    /// <summary>Moves after which the kernel listed the connection, or did not, against what they said.</summary>
    public int ListedWrongly { get; set; }

    /// <summary>How often each reason refused a move.</summary>
    public SortedDictionary<string, int> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Bytes sent and received by data calls that ended on the host stack.</summary>
    public long BytesOnHost { get; set; }

    /// <summary>Bytes sent and received by data calls that ended on the adapter.</summary>
    public long BytesOnAdapter { get; set; }

    /// <summary>Times from call to return of the moves that were done, in microseconds.</summary>
    public List<double> Microseconds { get; } = [];

    /// <summary>What ended the connection; null when all bytes came.</summary>
    public string? Failure { get; set; }
}
