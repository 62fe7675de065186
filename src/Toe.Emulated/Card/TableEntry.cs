namespace Toe.Emulated;

/// <summary>What one connection or listener takes of the card's tables. Returned once, whoever returns it; after the tables were cleared it is worth nothing.</summary>
internal sealed class TableEntry(CardTables tables, int epoch, int connections, int listeners, long memory)
{
    private long _memory = memory;
    private int _memoryReturned;
    private int _returned;

    /// <summary>Returns the buffers and keeps the place in the table, as TIME-WAIT does.</summary>
    public void ReturnMemory()
    {
        var taken = Volatile.Read(ref _memory);
        if (taken != 0 && Interlocked.Exchange(ref _memoryReturned, 1) == 0)
            tables.Return(epoch, 0, 0, taken);
    }

    /// <summary>Takes what is missing to so much memory. Not beside a return.</summary>
    public ToeReason TryGrow(long memory)
    {
        var more = memory - _memory;
        if (more <= 0)
            return ToeReason.None;
        if (tables.TryTakeMemory(epoch, more) is { IsNone: false } full)
            return full;
        Volatile.Write(ref _memory, memory);
        return ToeReason.None;
    }

    public void Return()
    {
        ReturnMemory();
        if (Interlocked.Exchange(ref _returned, 1) == 0)
            tables.Return(epoch, connections, listeners, 0);
    }
}
