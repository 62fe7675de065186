namespace Toe;

/// <summary>One finite table on an adapter. Admission stops before it is full.</summary>
/// <param name="Table">The table's name, as the vendor has it.</param>
/// <param name="Used">Entries in use by everybody on the machine, as last read.</param>
/// <param name="Limit">Entries there are, read from the adapter at run time.</param>
/// <param name="Exhausted">The reason given when the table has no entry left: each table has its own.</param>
public sealed record ToeBudget(string Table, long Used, long Limit, ToeReason Exhausted)
{
    /// <summary>Entries that are never lent, kept for others and for diagnostics. Default 0.</summary>
    public long Reserve { get; init; }

    /// <summary>Entries that an IPv4 connection takes. Default 0.</summary>
    public int ConnectionCost { get; init; }

    /// <summary>Entries that an IPv6 connection takes. Default 0.</summary>
    public int ConnectionCostIPv6 { get; init; }

    /// <summary>Entries that a listener takes. Default 0.</summary>
    public int ListenerCost { get; init; }

    /// <summary>Whether the limit was read from the adapter. Default queried.</summary>
    public FactSource Source { get; init; } = FactSource.Queried;

    /// <summary>Entries that can still be lent; never negative.</summary>
    public long Available => Math.Max(0, Limit - Reserve - Used);
}
