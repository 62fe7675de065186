using System.Collections.Immutable;
using Toe.Placing;

namespace Toe.Gates;

/// <summary>Asks all gates in order and stops at the first refusal.</summary>
internal sealed class GateKeeper(params ImmutableArray<IGate> gates)
{
    /// <summary>The gates of the design, in their order.</summary>
    /// <param name="options">The stack's options.</param>
    /// <param name="rules">The host's rules.</param>
    /// <param name="advisor">What was measured.</param>
    public static GateKeeper Standard(Func<ToeOptions> options, HostRulesMonitor rules, Advisor advisor) => new(
        new RouteGate(), new CapabilityGate(), new HostRulesGate(rules), new FirmwareGate(), new HealthGate(), new BudgetGate(options),
        new WorthGate(options, advisor));

    public GateResult Ask(GateQuestion question)
    {
        var answers = ImmutableArray.CreateBuilder<GateAnswer>(gates.Length);
        foreach (var gate in gates)
        {
            var answer = Ask(gate, question);
            answers.Add(answer);
            if (answer.Outcome != GateOutcome.Refuse)
                continue;
            question.Lease?.Release();
            return new GateResult(answers.ToImmutable(), answer.Reason, null);
        }

        return new GateResult(answers.ToImmutable(), ToeReason.None, question.Lease);
    }

    private static GateAnswer Ask(IGate gate, GateQuestion question)
    {
        try
        {
            return gate.Ask(question);
        }
        catch (Exception exception)
        {
            // A gate may call the provider's cached answers, and those may throw.
            var fault = Adapters.AdapterFaultException.From(exception);
            question.Adapter.ReportFault(fault);
            return new GateAnswer(gate.Name, GateOutcome.Refuse, fault.Reason);
        }
    }
}
