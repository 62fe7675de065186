namespace Toe.Chelsio.Tables;

/// <summary>What is kept of a table at most, whatever it says.</summary>
internal static class TableLimits
{
    /// <summary>Rows: more than any table of a card has.</summary>
    public const int Rows = 65_536;

    /// <summary>Columns, or names in a table of names.</summary>
    public const int Columns = 256;
}
