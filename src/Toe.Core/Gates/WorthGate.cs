namespace Toe.Gates;

/// <summary>Does the connection gain by offloading? Not yet measured: the gate says so instead of passing.</summary>
internal sealed class WorthGate : IGate
{
    public string Name => "Worth";

    public GateAnswer Ask(GateQuestion question) => new(Name, GateOutcome.NotApplicable);
}
