namespace Toe.Chelsio.Tables;

/// <summary>
/// debugfs <c>meminfo</c>: how the card's memory is divided. Of its lines those are read that say what is left:
/// <c>N Rx pages (M free) of size KKiB for C channels</c>, the same for Tx, and <c>N p-structs (M free)</c>. Source: cxgb4_debugfs.c, meminfo_show.
/// </summary>
internal sealed record CardMemory
{
    /// <summary>Pages for what arrives.</summary>
    public PageCount? ReceivePages { get; private init; }

    /// <summary>Pages for what is sent.</summary>
    public PageCount? TransmitPages { get; private init; }

    /// <summary>Structures that hold pages together.</summary>
    public PageCount? PageStructures { get; private init; }

    /// <summary>Reads the file; lines that do not have the form are left out.</summary>
    public static CardMemory Parse(ReadOnlySpan<char> text)
    {
        var memory = new CardMemory();
        foreach (var content in text.EnumerateLines())
        {
            var line = new Line(content);
            if (!line.ReadNumber(out var total))
                continue;
            var (receive, transmit) = (line.Skip("Rx pages"), line.Skip("Tx pages"));
            if (!receive && !transmit && !line.Skip("p-structs"))
                continue;
            if (!line.Skip("(") || !line.ReadNumber(out var free) || !line.Skip("free"))
                continue;
            var count = new PageCount(total, free);
            memory = receive ? memory with { ReceivePages = count }
                : transmit ? memory with { TransmitPages = count }
                : memory with { PageStructures = count };
        }

        return memory;
    }
}
