namespace Toe.Gates;

/// <summary>Is the adapter well, its circuit closed, and the operator content with it?</summary>
internal sealed class HealthGate : IGate
{
    public string Name => "Health";

    public GateAnswer Ask(GateQuestion question)
    {
        var status = question.View.Status;
        var reason = status.Health switch
        {
            AdapterHealth.Failed => status.Reason.IsNone ? ToeReasons.HealthFailed : status.Reason,
            AdapterHealth.Removed => ToeReasons.HealthRemoved,
            AdapterHealth.Recovering => ToeReasons.HealthRecovering.With(status.Reason.Text),
            _ => question.Adapter.SetAside,
        };
        if (!reason.IsNone)
            return new GateAnswer(Name, GateOutcome.Refuse, reason);
        return new GateAnswer(Name, GateOutcome.Pass, status.Health == AdapterHealth.Degraded ? status.Reason : ToeReason.None);
    }
}
