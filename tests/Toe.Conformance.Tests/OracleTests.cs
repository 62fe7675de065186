namespace Toe.Conformance.Tests;

/// <summary>The host's own sockets, through the whole kit: what they do not meet is either named in the requirement, or the requirement asks for more than TCP gives.</summary>
[Collection("whole kit")] // Not at once: providers that hang keep threads.
public sealed class OracleTests
{
    [Fact]
    public async Task HostSockets_DifferOnlyWhereTheRequirementSaysSo()
    {
        var report = await ConformanceKit.RunAsync(new OracleFixture(), Fixtures.Patient, cancellationToken: TestContext.Current.CancellationToken);

        var different = report.Results.Where(static result => result.Outcome is not (Outcome.Pass or Outcome.PassByRefusal or Outcome.Skipped)).ToList();
        foreach (var result in different)
            TestContext.Current.SendDiagnosticMessage($"{result.Outcome} {result.Requirement} ({result.Detail})");
        var unnamed = different.Where(static result => result.Requirement.HostDiffers.Length == 0).Select(static result => $"{result.Requirement.Id} {result.Outcome}: {result.Detail}");
        var alike = report.Results.Except(different).Where(static result => result.Requirement.HostDiffers.Length > 0).Select(static result => $"{result.Requirement.Id}: {result.Requirement.HostDiffers}");
        Assert.Equal(["Firmware", "Health"], report.Results.Where(static result => result.Outcome == Outcome.Skipped).Select(static result => result.Requirement.Suite).Distinct()); // They need more than sockets.
        Assert.True(!unnamed.Any(), "Host sockets do not meet, and the requirement does not say so:\n" + string.Join('\n', unnamed));
        Assert.True(!alike.Any(), "Host sockets meet, and the requirement says that they do not:\n" + string.Join('\n', alike));
    }
}
