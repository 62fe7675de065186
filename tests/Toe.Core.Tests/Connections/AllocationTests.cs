using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Core.Tests.Connections;

/// <summary>Data calls allocate nothing: counted over a whole process of its own, in which nothing else runs.</summary>
public sealed partial class AllocationTests
{
    private const int Calls = 1_000_000;
    private const int Limit = 64 * 1024; // The runtime's own timers and compilations; a byte a call would be fifteen times that.

    [Theory]
    [InlineData("host", false)]
    [InlineData("fabric", false)]
    [InlineData("host", true)]
    public async Task AMillionCalls_AllocateNothing(string carrier, bool metered)
    {
        Needs.Tool("dotnet");
        using var child = Process.Start(new ProcessStartInfo(Needs.Find("dotnet")!)
        {
            ArgumentList =
            {
                BuiltProgram.PathOf("tests/Toe.AllocationProbe"), carrier, Calls.ToString(CultureInfo.InvariantCulture), metered ? "metered" : "plain",
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
            var counts = Counts().Match(await output);
            Assert.True(child.ExitCode == 0 && counts.Success, await output + await errors);
            TestContext.Current.TestOutputHelper?.WriteLine(counts.Value);
            Assert.InRange(long.Parse(counts.Groups["allocated"].Value, CultureInfo.InvariantCulture), 0, Limit);
            Assert.Equal(metered, counts.Groups["metered"].Value != "0");
        }
        finally
        {
            if (!child.HasExited)
                child.Kill();
        }
    }

    [GeneratedRegex("allocated (?<allocated>[0-9]+) metered (?<metered>[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Counts();
}
