using System.Text.Json;
using Toe.Testing;

namespace Toe.Cli.Tests;

/// <summary><c>toe conformance</c> as a process.</summary>
public sealed class ConformanceTests
{
    [Fact]
    public async Task Report_HasTheKeysThatScriptsRead_AndEachFormatIsWritten()
    {
        await using var tool = new Tool();
        var files = new[] { "json", "md", "html", "xml" }.Select(ending => Path.Combine(tool.Folder, "report." + ending)).ToArray();

        (await tool.RunAsync(["conformance", "--adapter", "emulated:fabric", "--only", "Identity", "--only", "TOE-STRM-001", .. files.SelectMany(static file => new[] { "--report", file })])).Good();

        Assert.All(files, static file => Assert.True(new FileInfo(file).Length > 0, file));
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(files[0], TestContext.Current.CancellationToken));
        var requirements = report.RootElement.GetProperty("requirements").EnumerateArray().ToList();
        Assert.Equal(8, requirements.Count);
        Assert.All(requirements, static one =>
        {
            Assert.Equal("Pass", one.GetProperty("outcome").GetString());
            Assert.Matches("^(Must|Should|May)$", one.GetProperty("level").GetString());
            Assert.StartsWith("TOE-", one.GetProperty("id").GetString(), StringComparison.Ordinal);
            Assert.Equal(1, one.GetProperty("seed").GetInt32());
            Assert.True(one.GetProperty("durationMs").GetDouble() >= 0);
        });
    }

    [Fact]
    public async Task Report_SaysHowTheRunIsRepeated()
    {
        await using var tool = new Tool();

        var report = await tool.ReadJsonAsync("conformance", "--adapter", "emulated:fabric", "--only", "TOE-INTG-009", "--seed", "7");

        Assert.Equal("toe conformance --adapter emulated:fabric --only TOE-INTG-009 --seed 7", report.GetProperty("repeat").GetString());
        Assert.False(report.GetProperty("complete").GetBoolean());
    }

    [Fact]
    public async Task Defect_IsAFailure()
    {
        await using var tool = new Tool();

        var answer = await tool.RunAsync("conformance", "--adapter", "emulated:fabric,broken=ends-early", "--only", "TOE-STRM-005");

        Assert.Equal(1, answer.ExitCode);
        Assert.StartsWith("Fail           TOE-STRM-005", answer.Output, StringComparison.Ordinal);
        Assert.Contains("ends-early", (await tool.RunAsync("conformance", "--list-broken")).Good().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chelsio", "t6-active")]
    [InlineData("qlogic", "ql-iwarp")]
    [InlineData("qlogic", "ql-netxen")]
    public async Task PlayedBackMachine_IsTriedWithoutAWire(string provider, string image)
    {
        await using var tool = new Tool();

        var report = await tool.ReadJsonAsync("conformance", "--adapter", provider, "--image", Repository.PathOf("samples", "images", image));

        var outcomes = report.GetProperty("outcomes");
        Assert.True(report.GetProperty("good").GetBoolean(), report.ToString());
        Assert.True(outcomes.GetProperty("Pass").GetInt32() >= 35);
        Assert.True(outcomes.GetProperty("NotExercised").GetInt32() >= 100);
        Assert.Equal(0, outcomes.GetProperty("Skipped").GetInt32());
    }

    [Theory]
    [InlineData(2, "conformance")]
    [InlineData(2, "conformance", "--adapter", "emulated:fabric", "--only", "TOE-NONE-001")]
    [InlineData(2, "conformance", "--adapter", "emulated:fabric", "--report", "report.txt")]
    [InlineData(2, "conformance", "--adapter", "emulated:fabric,broken=nothing")]
    [InlineData(2, "conformance", "--adapter", "emulated:interface=lo")]
    [InlineData(2, "conformance", "--adapter", "emulated:interface=lo", "--peer", "nowhere")]
    [InlineData(2, "conformance", "--adapter", "emulated:fabric", "--address", "10.0.0.1")]
    [InlineData(2, "conformance", "peer", "0.0.0.0:0")]
    public async Task WrongUse_IsSaid(int code, params string[] arguments)
    {
        await using var tool = new Tool();

        var answer = await tool.RunAsync(arguments);

        Assert.Equal(code, answer.ExitCode);
        Assert.StartsWith("toe: ", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MachineWithoutTheVendor_MatchesNothing()
    {
        await using var tool = new Tool();

        var answer = await tool.RunAsync("conformance", "--adapter", "qlogic", "--image", Repository.PathOf("samples", "images", "t6-active"));

        Assert.Equal(3, answer.ExitCode);
        Assert.Equal("", answer.Output);
    }
}
