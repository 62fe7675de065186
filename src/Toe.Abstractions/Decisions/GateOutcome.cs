namespace Toe;

/// <summary>A gate's answer for one candidate.</summary>
public enum GateOutcome
{
    /// <summary>Nothing speaks against the candidate.</summary>
    Pass,

    /// <summary>The candidate is out, for the reason given.</summary>
    Refuse,

    /// <summary>The gate has no opinion on this candidate.</summary>
    NotApplicable,
}
