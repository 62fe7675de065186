namespace Toe.Gates;

/// <summary>Would the connection leave, or arrive, through the adapter?</summary>
internal sealed class RouteGate : IGate
{
    public string Name => "Route";

    public GateAnswer Ask(GateQuestion question)
    {
        // In a fabric there is a way to whoever listens, and a connection outlives its listener: the place that is prepared says whether it can be had.
        if (question.IsMove && question.View.Status.Capabilities.Addresses == AddressModel.Fabric)
            return new GateAnswer(Name, GateOutcome.NotApplicable);
        var adapter = question.Adapter.Adapter;
        var reason = question.IsListen
            ? adapter.Serves((question.Local ?? throw new ArgumentException("A listener has a local endpoint.", nameof(question))).Address)
            : adapter.Reaches(
                question.Local?.Address, question.Remote ?? throw new ArgumentException("An active open has a peer.", nameof(question)), question.Route);
        return new GateAnswer(Name, reason.IsNone ? GateOutcome.Pass : GateOutcome.Refuse, reason);
    }
}
