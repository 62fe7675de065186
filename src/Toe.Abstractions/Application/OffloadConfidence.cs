namespace Toe;

/// <summary>How sure it is that a connection is carried by an offload engine. Being eligible alone is never <see cref="Confirmed"/>.</summary>
public enum OffloadConfidence
{
    /// <summary>Nothing is known either way.</summary>
    Unknown,

    /// <summary>The connection is on the host stack.</summary>
    NotOffloaded,

    /// <summary>Everything speaks for it, but nothing proved it.</summary>
    Likely,

    /// <summary>The carrier itself, or a read-back of its tables, says so.</summary>
    Confirmed,
}
