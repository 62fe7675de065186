namespace Toe.Diagnostics;

/// <summary>A program did not do what it was asked for.</summary>
public sealed class ToeProgramException : Exception
{
    internal ToeProgramException(string message, bool nothingMatched = false, Exception? inner = null)
        : base(message, inner) => NothingMatched = nothingMatched;

    /// <summary>True when what was named is not there: the program, the connection or the adapter.</summary>
    public bool NothingMatched { get; }
}
