namespace Toe.Gates;

/// <summary>Has each of the adapter's tables room for one more, beside its reserve? Takes a lease for a connection, unless the run is dry. A listener is asked about its own entries only: its connections are asked about one by one.</summary>
internal sealed class BudgetGate(Func<ToeOptions> options) : IGate
{
    public string Name => "Budget";

    public GateAnswer Ask(GateQuestion question)
    {
        var leases = question.Adapter.Leases;
        var reserve = options().BudgetReserve;
        ToeReason refusal;
        if (question is { IsListen: true, Remote: null })
            refusal = leases.CheckListener(question.View.Status, reserve);
        else if (question.IsDryRun)
            refusal = leases.Check(question.View.Status, question.Family, reserve);
        else
            question.Lease = leases.TryTake(question.View.Status, question.Family, reserve, out refusal);
        return new GateAnswer(Name, refusal.IsNone ? GateOutcome.Pass : GateOutcome.Refuse, refusal);
    }
}
