using Toe.Linux;
using Toe.Placing;

namespace Toe.Gates;

/// <summary>Does the connection gain by offloading? Answers by what the advisor has measured on its path, and lets connections show first that they gain. Says so where neither was asked for.</summary>
internal sealed class WorthGate(Func<ToeOptions> options, Advisor advisor) : IGate
{
    public string Name => "Worth";

    /// <summary>True when the connection runs on the host stack by choice: that is no fallback, which would speak against an adapter's health.</summary>
    public static bool IsChoice(ToeReason reason) =>
        reason.Is(ToeReasons.QualityStartsOnHost) || reason.Is(ToeReasons.QualityHostFaster) || reason.Is(ToeReasons.QualityMeasured);

    public GateAnswer Ask(GateQuestion question)
    {
        if (question.IsInsisted || question.Remote is not { } remote)
            return new GateAnswer(Name, GateOutcome.NotApplicable);
        var now = options();
        if (now.Placement.StartOnHost && !question.IsMove && CanFollow(question))
            return new GateAnswer(Name, GateOutcome.Refuse, ToeReasons.QualityStartsOnHost);
        return now.Worth.Enabled
            ? advisor.Ask(Name, question.Adapter.Identity.Id, remote.Address, question.IsMove, question.IsDryRun)
            : new GateAnswer(Name, GateOutcome.NotApplicable);
    }

    /// <summary>True when the adapter could take the connection from the host stack later.</summary>
    private static bool CanFollow(GateQuestion question) =>
        question.View.Status.Capabilities is { Addresses: AddressModel.SharedWithHost } capabilities
        && capabilities.Has(AdapterFeatures.ImportsState)
        && question.Adapter.Adapter is IImportsState
        && OperatingSystem.IsLinux() && TcpRepair.Refusal.IsNone;
}
