namespace Toe.Conformance.Tests;

/// <summary>The software TOE on the fabric, through the whole kit.</summary>
[Collection("whole kit")] // Not at once: providers that hang keep threads.
public sealed class FabricTests
{
    [Fact]
    public async Task SoftwareToe_MeetsEveryRequirement()
    {
        var report = await ConformanceKit.RunAsync(Fixtures.Fabric(), Fixtures.Patient, cancellationToken: TestContext.Current.CancellationToken);

        foreach (var result in report.Results.Where(static result => result.Outcome != Outcome.Pass))
            TestContext.Current.SendDiagnosticMessage($"{result.Outcome} {result.Requirement} ({result.Detail})");
        Assert.True(report.IsGood, string.Join('\n', report.Results.Where(static result => result.IsBad).Select(static result => $"{result.Requirement.Id} {result.Outcome}: {result.Detail}")));
    }
}
