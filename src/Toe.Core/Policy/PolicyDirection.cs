namespace Toe.Policy;

/// <summary>Which way a connection is opened.</summary>
public enum PolicyDirection
{
    /// <summary>Either way; in rules only.</summary>
    Any,

    /// <summary>An active open.</summary>
    Connect,

    /// <summary>A passive open.</summary>
    Listen,
}
