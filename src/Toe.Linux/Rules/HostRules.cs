using System.Net;
using System.Net.Sockets;
using Toe.Linux.Rules;

namespace Toe.Linux;

/// <summary>What of a host an offloaded connection could walk around: rules of the packet filter, queueing disciplines and IPsec policies, as they were at one moment. Immutable; any thread may ask.</summary>
public sealed class HostRules
{
    /// <summary>What of a bypass the rules are about; the rest is not looked at.</summary>
    public const HostBypass LookedAt = HostBypass.NetfilterIn | HostBypass.NetfilterOut | HostBypass.Qdisc | HostBypass.Xfrm;

    private const string Unread = "the host's rules";

    private readonly FilterRuleSet _filter;
    private readonly IReadOnlyDictionary<string, string> _disciplines;
    private readonly string? _filterProblem;
    private readonly string? _disciplinesProblem;
    private readonly string? _policies;
    private readonly (int First, int Last)? _localPorts;

    internal HostRules(
        FilterRuleSet filter, string? filterProblem, IReadOnlyDictionary<string, string> disciplines, string? disciplinesProblem, string? policies, (int First, int Last)? localPorts)
    {
        _localPorts = localPorts;
        _filter = filter;
        _filterProblem = filterProblem;
        _disciplines = disciplines;
        _disciplinesProblem = disciplinesProblem;
        _policies = policies;
    }

    /// <summary>Asks whether a connection would meet something on the hooks that an adapter bypasses.</summary>
    /// <param name="bypass">What the adapter bypasses. Conntrack alone is nothing: what it is used for are rules. eBPF programs of control groups cannot be listed and are not looked at.</param>
    /// <param name="flow">The connection.</param>
    /// <returns>Null when the host would only have let it pass; else the first rule in words, or what of it is not understood.</returns>
    public string? Find(HostBypass bypass, HostFlow flow)
    {
        var netfilter = (bypass & (HostBypass.NetfilterIn | HostBypass.NetfilterOut)) != HostBypass.None;
        if (netfilter && _filterProblem is not null)
            return $"{Unread}: {_filterProblem}";
        if (bypass.HasFlag(HostBypass.NetfilterOut) && FindRule(flow, inbound: false) is { } outgoing)
            return outgoing.ToString();
        if (bypass.HasFlag(HostBypass.NetfilterIn) && FindRule(flow, inbound: true) is { } incoming)
            return incoming.ToString();
        if (bypass.HasFlag(HostBypass.Qdisc) && FindDiscipline(flow.Interface) is { } discipline)
            return discipline;
        return bypass.HasFlag(HostBypass.Xfrm) ? _policies : null;
    }

    private RuleFinding? FindRule(HostFlow flow, bool inbound)
    {
        // The packet that opens the connection goes one way only; all others are of an established one.
        foreach (var isNew in inbound == flow.IsListen ? new[] { true, false } : [false])
        {
            foreach (var packet in Packets(flow, inbound, isNew))
            {
                foreach (var hook in inbound ? new[] { RuleHook.Ingress, RuleHook.Prerouting, RuleHook.Input } : [RuleHook.Output, RuleHook.Postrouting, RuleHook.Egress])
                {
                    if (new RuleEvaluator(_filter).Find(hook, packet) is { } finding)
                        return finding;
                }
            }
        }

        return null;
    }

    /// <summary>A listener on the IPv6 any-address has peers of both families.</summary>
    private IEnumerable<RulePacket> Packets(HostFlow flow, bool inbound, bool isNew)
    {
        var known = flow.Remote ?? flow.Local;
        var both = flow.Remote is null && flow.Local?.Address.Equals(IPAddress.IPv6Any) == true;
        foreach (var ipv6 in both ? new[] { false, true } : [known?.AddressFamily == AddressFamily.InterNetworkV6])
        {
            yield return new RulePacket(isNew, inbound ? flow.Remote : flow.Local, inbound ? flow.Local : flow.Remote)
            {
                InputInterface = inbound ? flow.Interface : null,
                OutputInterface = inbound ? null : flow.Interface,
                LocalPorts = flow.IsListen ? null : _localPorts,
                IsIPv6 = ipv6,
                IsInbound = inbound,
            };
        }
    }

    private string? FindDiscipline(string? device)
    {
        if (_disciplinesProblem is not null)
            return $"{Unread}: {_disciplinesProblem}";
        if (device is not null)
            return _disciplines.TryGetValue(device, out var kind) ? $"qdisc {kind} on {device}" : null;
        return _disciplines.Count == 0 ? null : $"qdisc {_disciplines.First().Value} on {_disciplines.First().Key}";
    }
}
