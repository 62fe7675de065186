namespace Toe.Linux;

/// <summary>What a tool answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error, at most 64 KiB.</param>
public sealed record ToolOutput(int ExitCode, byte[] Output, string Error);
