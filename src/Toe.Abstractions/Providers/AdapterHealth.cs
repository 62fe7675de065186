namespace Toe;

/// <summary>How an adapter is.</summary>
public enum AdapterHealth
{
    /// <summary>It works.</summary>
    Healthy,

    /// <summary>It works with losses; new connections are still admitted.</summary>
    Degraded,

    /// <summary>It resets or recovers; may be announced repeatedly. No new connections.</summary>
    Recovering,

    /// <summary>It does not work; every connection on it fails or moves.</summary>
    Failed,

    /// <summary>It is gone; every connection on it fails or moves.</summary>
    Removed,
}
