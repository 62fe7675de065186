using System.Diagnostics;
using System.Globalization;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Modelling;

/// <summary>Random use and random misfortune: bytes are exact or the error has a name, nothing waits beyond its deadline, tables are not overrun, nothing is left at the end, and every host placement has a reason. TOE_MODEL_SEED repeats a round, TOE_MODEL_SECONDS sets how long to look.</summary>
public sealed class StackModelTests
{
    [Fact]
    public async Task WholeStack_KeepsItsPromises()
    {
        var fixedSeed = Environment.GetEnvironmentVariable("TOE_MODEL_SEED") is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : default(int?);
        var span = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("TOE_MODEL_SECONDS") ?? "5", CultureInfo.InvariantCulture));
        var watch = Stopwatch.StartNew();
        for (var seed = fixedSeed ?? Random.Shared.Next(1 << 30); watch.Elapsed < span; seed++)
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

            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}, at {watch.Elapsed.TotalSeconds:0.0} s: {model.Outcome}");
            if (fixedSeed is not null)
                return;
        }
    }
}
