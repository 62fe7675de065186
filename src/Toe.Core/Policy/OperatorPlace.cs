namespace Toe.Policy;

/// <summary>Where the operator speaks. Tests put another in its place.</summary>
/// <param name="Path">The file.</param>
/// <param name="Mode">The environment variable's value; null when it is not set.</param>
internal sealed record OperatorPlace(string Path, string? Mode)
{
    /// <summary>The file that every program reads.</summary>
    public const string DefaultPath = "/etc/toe/toe.json";

    /// <summary>The environment variable.</summary>
    public const string Variable = "TOE_MODE";

    /// <summary>This machine's file and this process's environment.</summary>
    public static OperatorPlace OfThisProcess() => new(DefaultPath, Environment.GetEnvironmentVariable(Variable));
}
