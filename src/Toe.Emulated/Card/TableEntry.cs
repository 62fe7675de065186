namespace Toe.Emulated;

/// <summary>What one connection or listener takes of the card's tables. Returned once, whoever returns it; after the tables were cleared it is worth nothing.</summary>
internal sealed class TableEntry(CardTables tables, int epoch, int connections, int listeners, long memory)
{
    private int _memoryReturned;
    private int _returned;

    /// <summary>Returns the buffers and keeps the place in the table, as TIME-WAIT does.</summary>
    public void ReturnMemory()
    {
        if (memory != 0 && Interlocked.Exchange(ref _memoryReturned, 1) == 0)
            tables.Return(epoch, 0, 0, memory);
    }

    public void Return()
    {
        ReturnMemory();
        if (Interlocked.Exchange(ref _returned, 1) == 0)
            tables.Return(epoch, connections, listeners, 0);
    }
}
