using System.Net;

namespace Toe.Linux.Routes;

/// <summary>A routing policy rule (RTM_NEWRULE). Source: linux/fib_rules.h.</summary>
internal sealed record RecordedRule
{
    public required int Family { get; init; }

    public required byte Action { get; init; }

    public required long Table { get; init; }

    public long Priority { get; init; }

    public IPNetwork? Source { get; init; }

    public IPNetwork? Destination { get; init; }

    public string? InputInterface { get; init; }

    public string? OutputInterface { get; init; }

    public long Mark { get; init; }

    public long MarkMask { get; init; } = 0xffffffff;

    public long Goto { get; init; }

    /// <summary>True when it wants a DSCP, flow label or tunnel that a new connection's first packet does not have.</summary>
    public bool IsForMarkedPackets { get; init; }

    /// <summary>Routes with prefixes of at most this length are not taken; -1 suppresses none.</summary>
    public int SuppressPrefixLength { get; init; } = -1;

    public bool IsInverted { get; init; }

    /// <summary>A rule of VRFs: it holds for sockets of a VRF only.</summary>
    public bool IsLayer3Master { get; init; }

    public byte Protocol { get; init; }

    public (int First, int Last)? SourcePorts { get; init; }

    public (int First, int Last)? DestinationPorts { get; init; }

    public (long First, long Last)? Users { get; init; }
}
