using Toe.Firmware;

namespace Toe.Gates;

/// <summary>Is the adapter's firmware judged, and judged good enough?</summary>
internal sealed class FirmwareGate : IGate
{
    public string Name => "Firmware";

    public GateAnswer Ask(GateQuestion question)
    {
        if (!question.View.IsJudged)
            return new GateAnswer(Name, GateOutcome.Refuse, ToeReasons.HealthNotJudged);
        var assessment = question.View.Assessment;
        return new GateAnswer(Name, assessment.Verdict == FirmwareVerdict.Refuse ? GateOutcome.Refuse : GateOutcome.Pass, assessment.Reason);
    }
}
