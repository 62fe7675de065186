using System.Collections.Immutable;

namespace Toe.Chelsio.Tables;

/// <summary>The sysctls of the TOE module that this provider explains. Source: Unified Wire 3.14.0.3, t4_tom/tom_sysctl.c.</summary>
internal static class TomSettings
{
    /// <summary>1: the module offloads; 0: no new connection.</summary>
    public const string Activated = "activated";

    /// <summary>1: without a policy nothing is offloaded; 0: everything.</summary>
    public const string PolicyManaged = "cop_managed_offloading";

    /// <summary>Connections at most, listeners apart; -1: no limit.</summary>
    public const string MaximumConnections = "max_conn";

    /// <summary>1: connections over VLAN interfaces are offloaded too.</summary>
    public const string OffloadVlan = "offload_vlan";

    /// <summary>All of them.</summary>
    public static ImmutableArray<TomSetting> All { get; } =
    [
        new(Activated, 1, "0 stops new offloads"),
        new(PolicyManaged, null, "1: without a policy nothing is offloaded"),
        new(MaximumConnections, -1, "connections beyond it stay on the host stack without a word, listeners' SYNs are dropped"),
        new(OffloadVlan, 0, "1: connections over VLAN interfaces are offloaded too"),
        new("soft_backlog_limit", 1, "0: connections that are established may be reset when the accept queue is full"),
        new("delayed_ack", 1, "0 to 3, for new connections"),
        new("nagle", 0, "1: small writes wait for acknowledgements"),
        new("lro", 1, "0: what arrives is not put together"),
        new("ddp", 0, "1: data is placed in the application's buffers; not for in-kernel users"),
        new("kseg_ddp", 0, "1: the same for in-kernel users"),
        new("ddp_thres", 40960, "reads from this size on are placed directly"),
        new("ddp_xlthres", null, "the same threshold for very large reads"),
        new("ddp_maxpages", 1024, "pages of one directly placed read"),
        new("ddp_maxfail", 3, "failures after which a socket is no longer placed directly"),
        new("ddp_push_wait", 1, "0: a directly placed read does not wait for a push"),
        new("recvmsg_ddp_wait_us", 1, "microseconds that a directly placed read waits"),
        new("recvmsg_spin_us", 0, "microseconds that a read spins before it sleeps"),
        new("max_host_sndbuf", 163840, "bytes of the send buffer that stay in the host's memory"),
        new("tx_hold_thres", 0, "bytes unacknowledged below which a part of a buffer is sent at once"),
        new("max_wr_credits", 64, "work request credits of a connection, 16 bytes each, at least 5"),
        new("rx_credit_thres", 15360, "bytes read before window is given back"),
        new("mss", null, "bytes of one transfer to the card; not TCP's MSS"),
        new("zcopy_sendmsg_partial_thres", 40960, "writes from this size on are sent without a copy"),
        new("zcopy_sendmsg_partial_xlthres", 180224, "the same threshold for very large writes"),
        new("zcopy_sendmsg_partial_copy", 12288, "bytes of such a write that are copied"),
        new("zcopy_sendmsg_ret_pending_dma", 1, "0: such a write waits for the card"),
        new("txplen", 64000, "0 or 64000: the largest payload of one transmission"),
        new("tls_ports", null, "ports whose connections the card encrypts; not used by this SDK"),
    ];
}
