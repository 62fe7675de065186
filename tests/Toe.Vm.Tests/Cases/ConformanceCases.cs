using System.Runtime.Versioning;
using Toe.Conformance;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>The conformance kit on Soft-iWARP, whose peer is the same device: both ends are the provider's.</summary>
[SupportedOSPlatform("linux")]
internal static class ConformanceCases
{
    public static readonly GuestCase[] All = [new("conformance: the kit on Soft-iWARP", KitAsync) { OnlyByName = true, Length = 5 }]; // Minutes on an emulated processor.

    private static async Task KitAsync(CancellationToken cancellationToken)
    {
        await using var device = await SiwDevice.CreateAsync(cancellationToken);

        var report = await ConformanceKit.RunAsync(
            new SiwFixture(), new ConformanceOptions { Deadline = TimeSpan.FromSeconds(20) }, progress: Tell, cancellationToken: cancellationToken);

        Console.WriteLine(report);
        Check.True(report.IsGood, string.Join("; ", report.Results.Where(static result => result.IsBad).Select(static result => $"{result.Requirement.Id} {result.Detail}")));
        Check.True(report.Count(Outcome.Pass) >= 100, $"{report.Count(Outcome.Pass)} requirements pass");
    }

    private static void Tell(RequirementResult result)
    {
        if (result.Outcome != Outcome.Pass)
            Console.WriteLine($"{result.Outcome} {result.Requirement.Id}: {result.Detail}");
    }
}
