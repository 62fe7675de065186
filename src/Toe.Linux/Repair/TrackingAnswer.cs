namespace Toe.Linux;

/// <summary>What became of a change to a connection's tracking entry.</summary>
public enum TrackingAnswer
{
    /// <summary>The entry was changed.</summary>
    Changed,

    /// <summary>The connection has no entry: nothing to change.</summary>
    NoEntry,

    /// <summary>This kernel, or this network namespace, tracks no connections.</summary>
    NotTracking,

    /// <summary>The entry, if there is one, cannot be changed.</summary>
    Refused,
}
