using System.Globalization;
using System.Text;
using Toe.Linux.Rules;

namespace Toe.Linux;

/// <summary>Reads a host's rules: nftables and iptables by their tools, or, where these are not installed, whether there is anything that they would list.</summary>
public static class HostRulesReader
{
    private const int ListTables = 0x0A01;      // NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, linux/netfilter/nfnetlink.h and nf_tables.h
    private const int NotPermitted = 1;         // EPERM
    private const int NoEntry = 2;              // ENOENT
    private const int WithoutSubsystem = 22;    // EINVAL: netfilter's netlink, without the tables
    private const int WithoutNetfilter = 93;    // EPROTONOSUPPORT: not even that

    private static readonly byte[] AnyFamily = new byte[4]; // struct nfgenmsg with NFPROTO_UNSPEC

    /// <summary>Reads the rules.</summary>
    /// <param name="host">The host.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The rules; what could not be read is in them as such.</returns>
    public static async ValueTask<HostRules> ReadAsync(ILinuxHost host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        var filter = new FilterRuleSet();
        var problem = await ReadNftablesAsync(host, filter, cancellationToken).ConfigureAwait(false)
            ?? await ReadIptablesAsync(host, "iptables-save", "ip", "/proc/net/ip_tables_names", filter, cancellationToken).ConfigureAwait(false)
            ?? await ReadIptablesAsync(host, "ip6tables-save", "ip6", "/proc/net/ip6_tables_names", filter, cancellationToken).ConfigureAwait(false);
        var disciplines = new Dictionary<string, string>(StringComparer.Ordinal);
        var disciplinesProblem = await ReadDisciplinesAsync(host, disciplines, cancellationToken).ConfigureAwait(false);
        return new HostRules(filter, problem, disciplines, disciplinesProblem, await ReadPoliciesAsync(host, cancellationToken).ConfigureAwait(false), ReadLocalPorts(host));
    }

    private static async ValueTask<string?> ReadNftablesAsync(ILinuxHost host, FilterRuleSet filter, CancellationToken cancellationToken)
    {
        var answer = await host.RunAsync(new ToolCommand("nft", "-j", "list", "ruleset"), cancellationToken).ConfigureAwait(false);
        if (answer.ErrorNumber == NoEntry)
            return AskForTables(host);
        if (answer.Value is not { } output)
            return $"nft: {answer.Reason}";
        if (output.ExitCode != 0)
            return HasNoNftables(host) ? null : $"nft: {FirstLine(output.Error)}; listing rules needs CAP_NET_ADMIN";
        return NftParser.Read(output.Output, filter);
    }

    /// <summary>Without the tool the kernel still says whether it has any table.</summary>
    private static string? AskForTables(ILinuxHost host)
    {
        var tables = ListTablesOf(host);
        if (tables.Value is { Count: 0 })
            return null;
        if (tables.IsFound)
            return "nftables has tables and nft is not installed: install nftables";
        if (tables.ErrorNumber == NotPermitted)
            return "rules can be listed with CAP_NET_ADMIN only";
        return host.IsReplayed || tables.ErrorNumber is NoEntry or WithoutSubsystem or WithoutNetfilter ? null : $"nftables: {tables.Reason}";
    }

    /// <summary>True when the kernel says that it has no nftables, or has not loaded it: the tool then fails, and there are no rules.</summary>
    private static bool HasNoNftables(ILinuxHost host) => ListTablesOf(host).ErrorNumber is WithoutSubsystem or WithoutNetfilter;

    private static HostAnswer<IReadOnlyList<byte[]>> ListTablesOf(ILinuxHost host) => host.Netlink(new NetlinkQuestion("netfilter", ListTables, AnyFamily) { IsDump = true });

    private static async ValueTask<string?> ReadIptablesAsync(ILinuxHost host, string tool, string family, string names, FilterRuleSet filter, CancellationToken cancellationToken)
    {
        // The kernel's own list has the tables of the old implementation; those of the new one are nftables' and have been read.
        var legacy = host.ReadText(names);
        var isLegacy = legacy.Value is { Length: > 0 };
        var hasForeign = filter.Chains.Any(chain => chain.Family == family && chain.Rules.Exists(static rule => rule.Detail == "'xt'" || rule.Unknown == "xt"));
        if (!isLegacy && !hasForeign)
            return !legacy.IsFound && legacy.ErrorNumber != NoEntry && !hasForeign && legacy.ErrorNumber is 13 or NotPermitted ? $"{names}: {legacy.Reason}" : null;
        var answer = await host.RunAsync(new ToolCommand(tool), cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { ExitCode: 0 } output)
            return isLegacy ? $"iptables has tables ({legacy.Value!.ReplaceLineEndings(" ")}) and {tool} does not list them: {(answer.Value is { } failed ? FirstLine(failed.Error) : answer.Reason)}" : null;
        var text = Encoding.UTF8.GetString(output.Output);
        if (hasForeign && text.Contains("(nf_tables)", StringComparison.Ordinal))
        {
            // These tables are written by iptables into nftables: its own form says better what they mean.
            var tables = text.Split('\n').Where(static line => line.StartsWith('*')).Select(static line => line[1..].Trim()).ToHashSet(StringComparer.Ordinal);
            filter.Remove(chain => chain.Family == family && tables.Contains(chain.Table));
        }

        IptablesParser.Read(text, family, filter);
        return null;
    }

    private static async ValueTask<string?> ReadDisciplinesAsync(ILinuxHost host, Dictionary<string, string> disciplines, CancellationToken cancellationToken)
    {
        var answer = await host.RunAsync(new ToolCommand("tc", "-j", "qdisc", "show"), cancellationToken).ConfigureAwait(false);
        if (answer.ErrorNumber == NoEntry)
            return "queueing disciplines cannot be listed: install iproute2";
        if (answer.Value is not { } output)
            return $"tc: {answer.Reason}";
        return output.ExitCode == 0 ? QdiscParser.Read(output.Output, disciplines) : $"tc: {FirstLine(output.Error)}";
    }

    /// <summary>Any policy is one too many: what it matches is not evaluated.</summary>
    private static async ValueTask<string?> ReadPoliciesAsync(ILinuxHost host, CancellationToken cancellationToken)
    {
        if (host.ReadFile("/proc/net/xfrm_stat").ErrorNumber == NoEntry)
            return null; // A kernel without IPsec.
        var answer = await host.RunAsync(new ToolCommand("ip", "xfrm", "policy"), cancellationToken).ConfigureAwait(false);
        if (answer.Value is { ExitCode: not 0 } refused && refused.Error.Contains("Protocol not supported", StringComparison.Ordinal))
            return null; // EPROTONOSUPPORT: nobody can have set a policy through a kernel without xfrm_user.
        if (answer.Value is not { ExitCode: 0 } output)
            return $"IPsec policies cannot be listed: {(answer.Value is { } failed ? FirstLine(failed.Error) : answer.Reason)}";
        return output.Output.AsSpan().Trim(" \n\r\t"u8).IsEmpty ? null : $"IPsec policy '{FirstLine(Encoding.UTF8.GetString(output.Output))}'";
    }

    /// <summary>The ports that connects get unless the program binds one.</summary>
    private static (int First, int Last)? ReadLocalPorts(ILinuxHost host)
    {
        var words = (host.ReadText("/proc/sys/net/ipv4/ip_local_port_range").Value ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2 && ushort.TryParse(words[0], CultureInfo.InvariantCulture, out var first) && ushort.TryParse(words[1], CultureInfo.InvariantCulture, out var last) && first <= last
            ? (first, last)
            : null;
    }

    private static string FirstLine(string text) => text.Trim().Split('\n')[0].Trim();
}
