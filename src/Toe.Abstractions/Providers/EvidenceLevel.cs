namespace Toe;

/// <summary>What a provider's claims about an adapter stand on.</summary>
public enum EvidenceLevel
{
    /// <summary>Read in source or documents only.</summary>
    E0,

    /// <summary>Run against a replayed host image of the documented format.</summary>
    E1,

    /// <summary>Run against the real kernel interface.</summary>
    E2,

    /// <summary>Run on a card, or the adapter is software and runs as itself.</summary>
    E3,
}
