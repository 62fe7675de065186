namespace Toe.Diagnostics;

/// <summary>What became of a connection that somebody wanted moved.</summary>
public enum MoveOutcome
{
    /// <summary>It runs where it was wanted; or ran there already.</summary>
    Moved,

    /// <summary>It runs where it ran.</summary>
    Stayed,

    /// <summary>It ended meanwhile.</summary>
    Ended,
}
