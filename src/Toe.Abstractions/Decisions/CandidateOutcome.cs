namespace Toe;

/// <summary>What became of a candidate.</summary>
public enum CandidateOutcome
{
    /// <summary>An earlier candidate was taken, or no adapter was to be asked.</summary>
    NotAsked,

    /// <summary>A gate or the adapter itself refused.</summary>
    Refused,

    /// <summary>It passed every gate; in a dry run that is all there is to know.</summary>
    Eligible,

    /// <summary>It carries the connection, or carried it to the peer's answer.</summary>
    Taken,
}
