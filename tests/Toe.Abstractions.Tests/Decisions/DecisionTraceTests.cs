using System.Text.Json;

namespace Toe.Abstractions.Tests.Decisions;

public sealed class DecisionTraceTests
{
    private static DecisionTrace Sample(string? text = "why") => new()
    {
        Mode = ToeMode.Prefer,
        ModeSource = "default",
        Reason = ToeReasons.HealthFailed.With(text),
        Candidates =
        [
            new("vendor:1", OffloadModel.FullConnection,
                [new("Route", GateOutcome.Pass), new("Health", GateOutcome.Refuse, ToeReasons.HealthFailed.With(text))],
                CandidateOutcome.Refused, ToeReasons.HealthFailed.With(text)),
        ],
    };

    [Fact]
    public void EqualAnswers_AreEqualTraces()
    {
        Assert.Equal(Sample(), Sample());
        Assert.Equal(Sample().GetHashCode(), Sample().GetHashCode());
        Assert.NotEqual(Sample(), Sample("other"));
        Assert.NotEqual(Sample(), Sample() with { AdapterId = "vendor:1" });
    }

    [Fact]
    public void Text_HasALineForEachAdapterAndGate()
    {
        var lines = Sample().ToString().Split(Environment.NewLine);
        Assert.Equal(
            [
                "placement HostStack, mode Prefer (default), because Health.Failed (why)",
                "  vendor:1 (FullConnection): Refused, Health.Failed (why)",
                "    Route      Pass",
                "    Health     Refuse, Health.Failed (why)",
            ],
            lines);
    }

    [Fact]
    public void Json_HasTheKeysThatScriptsRelyOn()
    {
        using var json = JsonDocument.Parse(Sample().ToJson());
        var root = json.RootElement;
        Assert.Equal("HostStack", root.GetProperty("placement").GetString());
        Assert.Equal("Health.Failed", root.GetProperty("reason").GetString());
        var candidate = root.GetProperty("trace")[0];
        Assert.Equal("vendor:1", candidate.GetProperty("adapter").GetString());
        Assert.Equal("Refused", candidate.GetProperty("outcome").GetString());
        Assert.Equal("Route", candidate.GetProperty("gates")[0].GetProperty("gate").GetString());
        Assert.Equal(JsonValueKind.Null, candidate.GetProperty("gates")[0].GetProperty("reason").ValueKind);
    }

    [Fact]
    public void Failed_IsPlacedNowhere() => Assert.Equal("None", (Sample() with { Failed = true }).Placement);
}
