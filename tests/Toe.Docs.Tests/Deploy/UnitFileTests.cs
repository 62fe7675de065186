using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>The units in docs/deploy are what systemd takes.</summary>
public sealed class UnitFileTests
{
    public static TheoryData<string> Units => new(Directory.GetFiles(Repository.PathOf("docs", "deploy"), "*.service").Select(Path.GetFileName).OfType<string>());

    [Theory]
    [MemberData(nameof(Units))]
    public async Task Unit_IsGood(string name)
    {
        // systemd also asks whether the program is there, which it is on no machine but the reader's.
        var lines = File.ReadAllLines(Repository.PathOf("docs", "deploy", name)).Select(static line => line.StartsWith("ExecStart=", StringComparison.Ordinal) ? "ExecStart=/bin/true" : line);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var unit = Path.Combine(folder.FullName, name);
            await File.WriteAllLinesAsync(unit, lines, TestContext.Current.CancellationToken);

            var answer = await Command.RunAsync("systemd-analyze", "verify", unit);

            Assert.DoesNotContain(name, answer.Good().Errors, StringComparison.Ordinal); // An unknown setting is a warning only.
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
