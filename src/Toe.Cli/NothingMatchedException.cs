namespace Toe.Cli;

/// <summary>What an argument names is not there.</summary>
internal sealed class NothingMatchedException(string message) : Exception(message);
