namespace Toe.Conformance;

/// <summary>How much a requirement demands, in the words of RFC 2119.</summary>
public enum RequirementLevel
{
    /// <summary>Without it a provider does not keep the contract.</summary>
    Must,

    /// <summary>There may be good reasons not to; a provider that does not is warned of.</summary>
    Should,

    /// <summary>Free; reported so that users know.</summary>
    May,
}
