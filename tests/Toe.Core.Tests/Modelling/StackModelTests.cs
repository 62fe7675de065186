using System.Globalization;

namespace Toe.Core.Tests.Modelling;

/// <summary>Random use and random misfortune: bytes are exact or the error has a name, nothing waits beyond its deadline, tables are not overrun, nothing is left at the end, and every host placement has a reason. TOE_MODEL_SEED repeats a round, TOE_MODEL_ROUNDS sets how many.</summary>
public sealed class StackModelTests
{
    [Fact, Trait("Requirement", "TOE-PLAC-006"), Trait("Requirement", "TOE-TELE-004")]
    public async Task WholeStack_KeepsItsPromises()
    {
        var fixedSeed = Environment.GetEnvironmentVariable("TOE_MODEL_SEED") is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : default(int?);
        var rounds = fixedSeed is null ? int.Parse(Environment.GetEnvironmentVariable("TOE_MODEL_ROUNDS") ?? "5", CultureInfo.InvariantCulture) : 1;
        var first = fixedSeed ?? Random.Shared.Next(1 << 30);
        for (var seed = first; seed < first + rounds; seed++)
        {
            var model = new StackModel(seed);
            try
            {
                await model.RunAsync(steps: 120);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}: {exception.Message}{Environment.NewLine}{model.Story}", exception);
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {model.Outcome}");
        }
    }
}
