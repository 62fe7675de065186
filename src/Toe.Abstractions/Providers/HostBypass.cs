namespace Toe;

/// <summary>What of the host an offloaded connection walks around.</summary>
[Flags]
public enum HostBypass
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Netfilter hooks on the way in.</summary>
    NetfilterIn = 1,

    /// <summary>Netfilter hooks on the way out.</summary>
    NetfilterOut = 2,

    /// <summary>Connection tracking.</summary>
    Conntrack = 4,

    /// <summary>Queueing disciplines.</summary>
    Qdisc = 8,

    /// <summary>eBPF programs on the control group.</summary>
    CgroupBpf = 16,

    /// <summary>IPsec policies.</summary>
    Xfrm = 32,
}
