namespace Toe.Linux;

/// <summary>What the kernel knows of a neighbour (NUD_, linux/neighbour.h).</summary>
[Flags]
public enum NeighbourState
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is being asked for the first time.</summary>
    Incomplete = 0x01,

    /// <summary>It answered lately.</summary>
    Reachable = 0x02,

    /// <summary>It answered a while ago.</summary>
    Stale = 0x04,

    /// <summary>It is about to be asked again.</summary>
    Delay = 0x08,

    /// <summary>It is being asked again.</summary>
    Probe = 0x10,

    /// <summary>It did not answer.</summary>
    Failed = 0x20,

    /// <summary>Its kind is never asked.</summary>
    NoArp = 0x40,

    /// <summary>Somebody wrote it down.</summary>
    Permanent = 0x80,
}
