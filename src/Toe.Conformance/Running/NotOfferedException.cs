namespace Toe.Conformance;

/// <summary>The provider does not have an optional part of the contract, and does not claim to.</summary>
internal sealed class NotOfferedException(string message) : Exception(message);
