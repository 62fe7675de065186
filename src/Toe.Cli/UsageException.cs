namespace Toe.Cli;

/// <summary>An argument that cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);
