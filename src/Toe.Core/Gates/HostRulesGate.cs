namespace Toe.Gates;

/// <summary>Would offloading walk around the host's packet filter or QoS? Not yet evaluated: the gate says so instead of passing.</summary>
internal sealed class HostRulesGate : IGate
{
    public string Name => "HostRules";

    public GateAnswer Ask(GateQuestion question) => new(Name, GateOutcome.NotApplicable);
}
