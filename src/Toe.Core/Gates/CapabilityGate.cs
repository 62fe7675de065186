using System.Net.Sockets;

namespace Toe.Gates;

/// <summary>Can the adapter do this kind of open in this address family? Socket options it does not have are downgrades, not refusals.</summary>
internal sealed class CapabilityGate : IGate
{
    public string Name => "Capability";

    public GateAnswer Ask(GateQuestion question)
    {
        var capabilities = question.View.Status.Capabilities;
        const AdapterFeatures Takes = AdapterFeatures.ActiveOpen | AdapterFeatures.PassiveOpen | AdapterFeatures.ImportsState;
        if ((capabilities.Features.Value & Takes) == AdapterFeatures.None && !question.View.Status.Reason.IsNone)
            return new GateAnswer(Name, GateOutcome.Refuse, question.View.Status.Reason); // It stands below offloading, and says why.
        var (family, name) = question.Family == AddressFamily.InterNetworkV6 ? (AdapterFeatures.IPv6, "IPv6") : (AdapterFeatures.IPv4, "IPv4");
        if (!capabilities.Has(family))
            return new GateAnswer(Name, GateOutcome.Refuse, ToeReasons.CapabilityAddressFamily.With(name));
        if (question.IsListen && !capabilities.Has(AdapterFeatures.PassiveOpen))
            return new GateAnswer(Name, GateOutcome.Refuse, ToeReasons.CapabilityPassiveOpen);
        // Where the host does the handshake, what counts is that the adapter takes over what it made.
        var (active, reason) = question.IsMove || capabilities.Model == OffloadModel.EstablishedState
            ? (AdapterFeatures.ImportsState, ToeReasons.CapabilityMove.With("it does not take connections over"))
            : (AdapterFeatures.ActiveOpen, ToeReasons.CapabilityActiveOpen);
        if (!question.IsListen && !capabilities.Has(active))
            return new GateAnswer(Name, GateOutcome.Refuse, reason);
        return new GateAnswer(Name, GateOutcome.Pass);
    }
}
