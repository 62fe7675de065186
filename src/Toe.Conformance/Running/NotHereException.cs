namespace Toe.Conformance;

/// <summary>The environment lacks what the requirement needs.</summary>
internal sealed class NotHereException(string message) : Exception(message);
