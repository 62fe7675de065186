using System.Net;
using Toe.Linux;

namespace Toe.Gates;

/// <summary>Would offloading walk around the host's packet filter, QoS or IPsec? Answers from the rules as they were last read; what is not understood, or was not read, refuses by its name.</summary>
internal sealed class HostRulesGate(HostRulesMonitor monitor) : IGate
{
    public string Name => "HostRules";

    public GateAnswer Ask(GateQuestion question)
    {
        var bypasses = question.View.Status.Capabilities.Bypasses.Value;
        if (bypasses == HostBypass.None)
            return new GateAnswer(Name, GateOutcome.NotApplicable);
        if ((bypasses & HostRules.LookedAt) == HostBypass.None)
            return new GateAnswer(Name, GateOutcome.Pass);
        var finding = monitor.Current is { } rules ? rules.Find(bypasses, Flow(question)) : "the host's rules have not been read";
        if (finding is null)
            return new GateAnswer(Name, GateOutcome.Pass);
        var reason = ToeReasons.EnvironmentHostRules.With(finding);
        return question.AllowsBypass
            ? new GateAnswer(Name, GateOutcome.Pass, reason.With($"allowed by policy: {finding}"))
            : new GateAnswer(Name, GateOutcome.Refuse, reason);
    }

    /// <summary>Where the request leaves the local address open, the route gives it.</summary>
    private static HostFlow Flow(GateQuestion question)
    {
        var local = question.Local is { } asked && !asked.Address.Equals(IPAddress.Any) && !asked.Address.Equals(IPAddress.IPv6Any) ? asked
            : question.Route?.Source is { } source ? new IPEndPoint(source, question.Local?.Port ?? 0)
            : question.Local;
        var device = question.Route?.Interface is { Length: > 0 } name ? name : question.Adapter.Identity.Interfaces is [var only] ? only : null;
        return new HostFlow(question.IsListen, local, question.Remote, device);
    }
}
