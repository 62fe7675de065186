using System.Net;
using System.Net.Sockets;
using Toe.Adapters;

namespace Toe.Gates;

/// <summary>What the gates are asked about: one open on one candidate.</summary>
/// <param name="Adapter">The candidate.</param>
/// <param name="View">Its status and judgement, the same for all gates of this question.</param>
/// <param name="IsListen">True for passive opens.</param>
/// <param name="Local">The local endpoint, as far as it is known.</param>
/// <param name="Remote">The peer; null when a listener has not met one.</param>
/// <param name="Route">The host's route to the peer, if it was asked for.</param>
/// <param name="IsDryRun">True when nothing may be reserved.</param>
internal sealed record GateQuestion(
    SupervisedAdapter Adapter, AdapterView View, bool IsListen, IPEndPoint? Local, IPEndPoint? Remote, HostRoute? Route, bool IsDryRun)
{
    public AddressFamily Family => (Remote ?? Local)?.AddressFamily ?? AddressFamily.InterNetwork;

    /// <summary>True when the connection exists and would be taken over.</summary>
    public bool IsMove { get; init; }

    /// <summary>True when the mode requires an adapter, or somebody asked for this one: what would be better is not asked then.</summary>
    public bool IsInsisted { get; init; }

    /// <summary>True when the policy lets offloads walk around the host's rules.</summary>
    public bool AllowsBypass { get; init; }

    /// <summary>What the Budget gate took. Owned by whoever asked.</summary>
    public BudgetLease? Lease { get; set; }
}
