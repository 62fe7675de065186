namespace Toe.Testing;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All of its standard output.</param>
/// <param name="Errors">All of its standard error.</param>
public sealed record ProcessAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>This answer, or an exception with the program's words when it failed.</summary>
    public ProcessAnswer Good() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"exit code {ExitCode}: {Output}{Errors}");
}
