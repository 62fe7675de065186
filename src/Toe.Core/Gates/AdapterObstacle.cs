using System.Net.Sockets;
using Toe.Adapters;

namespace Toe.Gates;

/// <summary>What speaks against an adapter whatever the connection, and so for health and metrics.</summary>
internal static class AdapterObstacle
{
    /// <summary>Why no new connection would be admitted to the adapter; <see cref="ToeReason.None"/> when one would.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="budgetReserve">The share of each table that stays free.</param>
    public static ToeReason Of(SupervisedAdapter adapter, double budgetReserve)
    {
        var view = adapter.View;
        var question = new GateQuestion(adapter, view, IsListen: false, Local: null, Remote: null, Route: null, IsDryRun: true);
        if (IsExpectedToOffload(view.Status) && new FirmwareGate().Ask(question) is { Outcome: GateOutcome.Refuse } firmware)
            return firmware.Reason;
        return new HealthGate().Ask(question) is { Outcome: GateOutcome.Refuse } health ? health.Reason : adapter.Leases.Check(view.Status, AddressFamily.InterNetwork, budgetReserve);
    }

    /// <summary>Of an adapter that stands below offloading nobody expects firmware or a state that could.</summary>
    public static bool IsExpectedToOffload(AdapterStatus status) =>
        status.Capabilities.Has(AdapterFeatures.ActiveOpen) || status.Capabilities.Has(AdapterFeatures.PassiveOpen);
}
