using System.Diagnostics.CodeAnalysis;

namespace Toe.Linux;

/// <summary>What a machine answered: a value, or an error number with words.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly record struct HostAnswer<T>
    where T : class
{
    internal HostAnswer(T? value, int errorNumber, string? text)
    {
        Value = value;
        ErrorNumber = errorNumber;
        Text = text;
    }

    /// <summary>The value; null when there is an error.</summary>
    public T? Value { get; }

    /// <summary>0, or the positive error number (<c>errno</c>).</summary>
    public int ErrorNumber { get; }

    /// <summary>More than the error number says, where there is more.</summary>
    public string? Text { get; }

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsFound => Value is not null;

    /// <summary>The error's symbol and words, such as <c>Permission denied (EACCES)</c>; empty when there is a value.</summary>
    public string Reason => IsFound ? "" : LinuxException.Describe(ErrorNumber) + (Text is null ? "" : ": " + Text);
}
