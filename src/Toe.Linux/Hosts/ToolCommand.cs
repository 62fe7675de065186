namespace Toe.Linux;

/// <summary>A tool of the host and its arguments. No shell sees them.</summary>
/// <param name="Tool">Its file name, looked for in the system's folders (/usr/sbin, /usr/bin, /sbin, /bin) only.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ToolCommand(string Tool, params IReadOnlyList<string> Arguments)
{
    /// <summary>When the tool is ended. Default 5 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What stands on its standard input; empty by default.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The command as a person would type it.</summary>
    public override string ToString() => string.Join(' ', [Tool, .. Arguments]);
}
