namespace Toe.Linux;

/// <summary>Makes answers.</summary>
public static class HostAnswers
{
    /// <summary>An answer with a value.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    public static HostAnswer<T> Found<T>(T value)
        where T : class => new(value, 0, null);

    /// <summary>An answer without one.</summary>
    /// <typeparam name="T">The type of the value that is missing.</typeparam>
    /// <param name="errorNumber">The positive error number.</param>
    /// <param name="text">More than the error number says, or null.</param>
    public static HostAnswer<T> Failed<T>(int errorNumber, string? text = null)
        where T : class => new(null, errorNumber, text);
}
