using System.Globalization;
using System.Runtime.Versioning;
using Toe.Conformance;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>The conformance kit on Soft-iWARP, whose peer is the same device: both ends are the provider's.</summary>
[SupportedOSPlatform("linux")]
internal static class ConformanceCases
{
    public static readonly GuestCase[] All = [new("conformance: the kit on Soft-iWARP", KitAsync) { Length = 5 }]; // What hangs takes its whole deadline.

    private static readonly string[] Words = (Environment.GetEnvironmentVariable("TOE_VM_REQUIREMENTS") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("TOE_VM_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 1;

    private static async Task KitAsync(CancellationToken cancellationToken)
    {
        await using var device = await SiwDevice.CreateAsync(cancellationToken);
        var chosen = ConformanceKit.Requirements.Where(static requirement => Words.Length == 0 || Words.Any(word => requirement.Id.Contains(word, StringComparison.OrdinalIgnoreCase))).ToList();
        Check.True(chosen.Count > 0, "no requirement has such an id");
        var bad = new List<string>();
        for (var round = 1; round <= Rounds; round++)
        {
            var report = await ConformanceKit.RunAsync(
                new SiwFixture(), new ConformanceOptions { Seed = round, Deadline = TimeSpan.FromSeconds(20) }, chosen, progress: Tell, cancellationToken: cancellationToken);
            Console.WriteLine(report);
            bad.AddRange(report.Results.Where(static result => result.IsBad).Select(result => $"{result.Requirement.Id} with seed {report.Options.Seed}: {result.Detail}"));
            Check.True(Words.Length > 0 || report.Count(Outcome.Pass) >= 180, $"{report.Count(Outcome.Pass)} requirements pass");
        }

        Check.True(bad.Count == 0, string.Join("; ", bad));
    }

    private static void Tell(RequirementResult result)
    {
        if (result.Outcome != Outcome.Pass)
            Console.WriteLine($"{result.Outcome} {result.Requirement.Id}: {result.Detail}");
    }
}
