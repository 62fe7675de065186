namespace Toe;

/// <summary>A value with where it comes from.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Source">Queried or assumed.</param>
public readonly record struct Fact<T>(T Value, FactSource Source)
{
    /// <summary>The value, with <c>assumed</c> behind it when the adapter did not say so itself.</summary>
    public override string ToString() => Source == FactSource.Queried ? $"{Value}" : $"{Value} (assumed)";
}
