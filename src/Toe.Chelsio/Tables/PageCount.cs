namespace Toe.Chelsio.Tables;

/// <summary>A pool of pages or structures on the card.</summary>
/// <param name="Total">How many there are.</param>
/// <param name="Free">How many are left.</param>
internal readonly record struct PageCount(long Total, long Free)
{
    /// <summary>How many are in use.</summary>
    public long Used => Math.Max(0, Total - Free);
}
