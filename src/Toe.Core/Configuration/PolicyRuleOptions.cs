using Toe.Policy;

namespace Toe;

/// <summary>One rule: what it matches, and what follows. What is left out matches anything.</summary>
/// <remarks>A rule that asks for something not yet known (a listener's peer, an unbound local address, a port 0) does not match; it is
/// asked again when it is known.</remarks>
public sealed class PolicyRuleOptions
{
    /// <summary>The rule's name, required and unique in its list. Traces and counters use it.</summary>
    public string? Name { get; set; }

    /// <summary>Active opens, passive opens, or both.</summary>
    /// <value>Default <see cref="PolicyDirection.Any"/>.</value>
    public PolicyDirection Direction { get; set; } = PolicyDirection.Any;

    /// <summary>The local address: an address or a prefix, <c>10.0.0.0/8</c> or <c>2001:db8::/32</c>. A prefix speaks for its own family
    /// only; IPv4-mapped IPv6 counts as IPv4.</summary>
    /// <value>Default null: any.</value>
    public string? Local { get; set; }

    /// <summary>The peer's address, written as <see cref="Local"/> is.</summary>
    /// <value>Default null: any.</value>
    public string? Remote { get; set; }

    /// <summary>The local port: numbers and inclusive ranges with commas between them, <c>80, 443, 8000-8999</c>.</summary>
    /// <value>Default null: any.</value>
    public string? LocalPorts { get; set; }

    /// <summary>The peer's port, written as <see cref="LocalPorts"/> is.</summary>
    /// <value>Default null: any.</value>
    public string? RemotePorts { get; set; }

    /// <summary>The adapters that may be asked: ids, providers' names, or patterns of either with <c>*</c> and <c>?</c>. They are what the
    /// rule allows, not what it matches.</summary>
    /// <value>Default empty: all.</value>
    public IList<string> Adapters { get; } = [];

    /// <summary>The mode that follows. In the operator's file only <see cref="ToeMode.Prefer"/> (leave it to the program) and
    /// <see cref="ToeMode.Forbid"/>.</summary>
    /// <value>Default null: the mode that holds where no rule matches.</value>
    public ToeMode? Mode { get; set; }

    /// <summary>Whether offloads may walk around the host's packet filter, QoS and IPsec. Not in the operator's file, which can only narrow.</summary>
    /// <value>Default null: as <see cref="ToeOptions.AllowBypass"/> says.</value>
    public bool? AllowBypass { get; set; }

    /// <summary>
    /// The port, 1 to 65535, on which the rule's peers speak rsockets over iWARP: where <see cref="OffloadModel.Rdma"/> adapters connect to instead of
    /// the port asked for, and where a listener's RDMA side listens. Such adapters serve only peers of rules that have one, since a plain TCP port
    /// cannot be tried: the attempt would put its bytes into somebody's stream. Not in the operator's file, which can only narrow.
    /// </summary>
    /// <value>Default null: none.</value>
    public int? RdmaPort { get; set; }
}
