namespace Toe;

/// <summary>Makes facts.</summary>
public static class Facts
{
    /// <summary>A value the adapter or its driver gave at run time.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    public static Fact<T> Queried<T>(T value) => new(value, FactSource.Queried);

    /// <summary>A value from documents or the model.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    public static Fact<T> Assumed<T>(T value) => new(value, FactSource.Assumed);
}
