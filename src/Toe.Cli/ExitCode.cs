namespace Toe.Cli;

/// <summary>The tool's exit codes; scripts rely on them.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NothingMatched = 3;
}
