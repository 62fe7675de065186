namespace Toe.Conformance;

/// <summary>The provider does not meet the requirement.</summary>
internal sealed class UnmetException(string message) : Exception(message);
