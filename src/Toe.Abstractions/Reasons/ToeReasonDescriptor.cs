namespace Toe;

/// <summary>What is the same for every occurrence of a reason.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Name">The stable name, <c>Class.Reason</c>.</param>
/// <param name="IsTransient">True when trying again later can have another outcome without anybody's doing.</param>
/// <param name="Scope">How much it speaks for.</param>
/// <param name="Description">What happened, in one sentence.</param>
/// <param name="Remedy">What a person can do about it; empty when there is nothing to do.</param>
public sealed record ToeReasonDescriptor(
    ushort Code, string Name, bool IsTransient, ToeReasonScope Scope, string Description, string Remedy);
