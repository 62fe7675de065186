using Toe.Chelsio.Tables;

namespace Toe.Chelsio.Adapters;

/// <summary>What a card counts: how its transmission splits between network card and offload (<c>tx_rate</c>), and the TCP segments and errors of its engine (<c>tp_stats</c>).</summary>
internal static class ChelsioCounters
{
    private static readonly (string Label, string Unit)[] Rates = [("NIC B/s", "By/s"), ("Offload B/s", "By/s")];

    private static readonly (string Label, string Unit)[] Statistics =
    [
        ("tcp_ipv4_out_rsts", "{segment}"), ("tcp_ipv4_in_segs", "{segment}"), ("tcp_ipv4_out_segs", "{segment}"), ("tcp_ipv4_retrans_segs", "{segment}"),
        ("tcp_ipv6_out_rsts", "{segment}"), ("tcp_ipv6_in_segs", "{segment}"), ("tcp_ipv6_out_segs", "{segment}"), ("tcp_ipv6_retrans_segs", "{segment}"),
        ("tp_err_ofld_no_neigh", "{error}"), ("tp_err_ofld_cong_defer", "{error}"), ("tp_tcp_in_errs", "{error}"), ("tp_tcp6_in_errs", "{error}"),
        ("tp_ofld_vlan_drops", "{packet}"), ("tp_ofld_chan_drops", "{packet}"),
    ];

    /// <summary>Makes the list of those that are there; columns of channels are added up.</summary>
    public static IReadOnlyList<AdapterCounter> Of(string? rates, string? statistics) =>
        [.. Find(rates, Rates, isCumulative: false), .. Find(statistics, Statistics, isCumulative: true)];

    private static IEnumerable<AdapterCounter> Find(string? text, (string Label, string Unit)[] wanted, bool isCumulative)
    {
        var values = LabelledValues.Parse(text);
        foreach (var (label, unit) in wanted)
        {
            if (values.Sum(label) is { } value)
                yield return new AdapterCounter(label, value, unit, isCumulative);
        }
    }
}
