namespace Toe.Emulated.Links;

/// <summary>The states of RFC 4861 §7.3.2; DELAY is left out: a stale neighbour that is used is probed at once.</summary>
internal enum NeighborState
{
    /// <summary>It was asked for and has not answered.</summary>
    Incomplete,

    /// <summary>It answered within the reachable time.</summary>
    Reachable,

    /// <summary>Its address is known, but not confirmed of late.</summary>
    Stale,

    /// <summary>It is being asked again, by its known address.</summary>
    Probe,
}
