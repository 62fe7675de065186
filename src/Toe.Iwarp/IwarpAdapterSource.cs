using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>What a vendor's package knows of an iWARP device, and this one does not.</summary>
/// <param name="Identity">The adapter's identity: by something that stays when the device comes back under another name.</param>
/// <param name="Find">Reads the host and finds the device; null while it is not there.</param>
/// <param name="Read">Reads the vendor's side of the adapter; its argument is what was found.</param>
/// <param name="Bypasses">What of the host its connections walk around.</param>
public sealed record IwarpAdapterSource(
    AdapterIdentity Identity, Func<InfinibandDevice?> Find, Func<InfinibandDevice?, IwarpReading> Read, Fact<HostBypass> Bypasses)
{
    /// <summary>True when it connects to the addresses of its own interfaces too. Default false: that a device loops back is for its package to know.</summary>
    public bool ReachesItself { get; init; }

    /// <summary>How many connections may wait at a listener at most; a longer backlog becomes this, as a downgrade. Default null: the device sets no limit that is known.</summary>
    public int? LongestBacklog { get; init; }
}
