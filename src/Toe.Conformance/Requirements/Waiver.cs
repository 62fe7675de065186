namespace Toe.Conformance;

/// <summary>A known fault of a provider: the requirement is tried all the same, and must still fail.</summary>
/// <param name="Id">The requirement's id.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Link">Where that is followed up.</param>
/// <param name="Expires">The last day that it holds.</param>
public sealed record Waiver(string Id, string Reason, Uri Link, DateOnly Expires);
