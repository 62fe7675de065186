namespace Toe.Conformance;

/// <summary>The peer cannot be used, through no fault of the adapter that is tried: the requirement is skipped, and fails where the run is strict.</summary>
/// <param name="message">What is the matter with it.</param>
/// <param name="cause">What that was found by; null for nothing.</param>
public sealed class ConformancePeerException(string message, Exception? cause = null) : Exception(message, cause);
