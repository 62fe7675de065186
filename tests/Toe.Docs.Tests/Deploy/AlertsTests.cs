using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>docs/alerts.yml is what Prometheus takes, speaks of metrics that there are, and each alert is raised by its test.</summary>
public sealed partial class AlertsTests
{
    private const string Rules = "docs/alerts.yml";
    private const string RuleTests = "docs/deploy/alerts.test.yml";

    [Fact]
    public async Task Rules_AreGood() => (await Command.RunAsync("promtool", "check", "rules", Rules)).Good();

    [Fact]
    public async Task Rules_DoWhatTheirTestsSay() => (await Command.RunAsync("promtool", "test", "rules", RuleTests)).Good();

    [Fact]
    public void EveryAlert_IsRaisedByATest()
    {
        var raised = RaisedAlert().Matches(File.ReadAllText(Repository.PathOf(RuleTests))).Select(static match => match.Groups[1].Value).Distinct();

        Assert.Equal(Alert().Matches(File.ReadAllText(Repository.PathOf(Rules))).Select(static match => match.Groups[1].Value).Order(StringComparer.Ordinal), raised.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Rules)]
    [InlineData(RuleTests)]
    public async Task EveryMetricAndLabel_IsTheCodes(string file)
    {
        var told = Identifier().Matches(File.ReadAllText(Repository.PathOf(file))).Select(static match => match.Value).Distinct();

        Assert.Empty(told.Except(await PrometheusNames.MetricsAsync()).Except(PrometheusNames.Labels()));
    }

    [Fact]
    public void EveryReason_IsOneThatThereIs()
    {
        var told = Reason().Matches(File.ReadAllText(Repository.PathOf(RuleTests))).Select(static match => match.Groups[1].Value).Distinct();

        Assert.Empty(told.Except(ToeReasons.All.Select(static reason => reason.Name)));
    }

    [GeneratedRegex("- alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("alertname: (\\w+)\\s+exp_alerts:\\s+- ")]
    private static partial Regex RaisedAlert();

    [GeneratedRegex("\\b(?:toe|error|network)_\\w+")]
    private static partial Regex Identifier();

    [GeneratedRegex("(?:toe_fallback_reason|error_type)=\"(\\w+\\.\\w+)\"")]
    private static partial Regex Reason();
}
