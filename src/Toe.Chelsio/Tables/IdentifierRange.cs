namespace Toe.Chelsio.Tables;

/// <summary>One kind of identifier on the card: how many there are, and how many are in use.</summary>
/// <param name="Size">How many there are, in all of its parts.</param>
/// <param name="Used">How many are in use, in all of its parts and families; null when the table does not say.</param>
internal readonly record struct IdentifierRange(long Size, long? Used);
