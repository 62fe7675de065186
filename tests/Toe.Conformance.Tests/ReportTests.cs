using System.Text.Json;
using System.Xml.Linq;

namespace Toe.Conformance.Tests;

/// <summary>Reports say what came of the run, in each format.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task Json_HasTheKeysThatProgramsRelyOn()
    {
        var report = await RunAsync("drops-last-byte", "TOE-STRM-005", "TOE-CONN-001", "TOE-CONN-002");

        using var json = JsonDocument.Parse(ReportWriter.Write(report, ReportFormat.Json));

        var root = json.RootElement;
        Assert.Equal(1, root.GetProperty("schema").GetInt32());
        Assert.False(root.GetProperty("good").GetBoolean());
        Assert.Equal("emulated", root.GetProperty("subject").GetProperty("provider").GetString());
        Assert.Equal("fabric, broken: drops-last-byte", root.GetProperty("substrate").GetString());
        var requirements = root.GetProperty("requirements").EnumerateArray().ToDictionary(static one => one.GetProperty("id").GetString()!);
        Assert.Equal(("Fail", "Must"), (requirements["TOE-STRM-005"].GetProperty("outcome").GetString(), requirements["TOE-STRM-005"].GetProperty("level").GetString()));
        Assert.Equal("Pass", requirements["TOE-CONN-001"].GetProperty("outcome").GetString());
        Assert.Equal("Skipped", requirements["TOE-CONN-002"].GetProperty("outcome").GetString());
        Assert.Equal(1, requirements["TOE-CONN-001"].GetProperty("seed").GetInt32());
        Assert.True(requirements["TOE-CONN-001"].GetProperty("durationMs").GetDouble() > 0);
        Assert.Equal(1, root.GetProperty("outcomes").GetProperty("Fail").GetInt32());
    }

    [Fact]
    public async Task JUnit_CountsFailuresAndWhatDidNotRun()
    {
        var report = await RunAsync("drops-last-byte", "TOE-STRM-005", "TOE-CONN-001", "TOE-CONN-002");

        var suites = XDocument.Parse(ReportWriter.Write(report, ReportFormat.JUnit)).Root!.Elements("testsuite").ToDictionary(static suite => suite.Attribute("name")!.Value);

        Assert.Equal(("1", "1"), (suites["Stream"].Attribute("tests")!.Value, suites["Stream"].Attribute("failures")!.Value));
        Assert.Equal(("2", "0", "1"), (suites["Connect"].Attribute("tests")!.Value, suites["Connect"].Attribute("failures")!.Value, suites["Connect"].Attribute("skipped")!.Value));
    }

    [Fact]
    public async Task Pages_NameEachRequirement_AndEscapeWhatProvidersSay()
    {
        var report = await RunAsync("drops-last-byte", "TOE-STRM-005", "TOE-CONN-001");
        report = report with { Results = [report.Results[0] with { Detail = "<script>|\u0001" }, report.Results[1]] };

        var (html, markdown, junit) = (ReportWriter.Write(report, ReportFormat.Html), ReportWriter.Write(report, ReportFormat.Markdown), ReportWriter.Write(report, ReportFormat.JUnit));

        foreach (var id in (string[])["TOE-STRM-005", "TOE-CONN-001"])
        {
            Assert.Contains($"id=\"{id}\"", html, StringComparison.Ordinal);
            Assert.Contains($"| {id} |", markdown, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.Contains("<script>\\|", markdown, StringComparison.Ordinal);
        XDocument.Parse(junit);
        Assert.DoesNotContain("http", html, StringComparison.OrdinalIgnoreCase); // It needs nothing beside it.
    }

    [Theory]
    [InlineData("a.json", ReportFormat.Json)]
    [InlineData("a.MD", ReportFormat.Markdown)]
    [InlineData("a.html", ReportFormat.Html)]
    [InlineData("a.xml", ReportFormat.JUnit)]
    [InlineData("a.txt", null)]
    [InlineData("", null)]
    public void Ending_IsTheFormat(string path, ReportFormat? format) => Assert.Equal(format, ReportWriter.FormatOf(path));

    private static Task<ConformanceReport> RunAsync(string broken, params string[] ids) => ConformanceKit.RunAsync(
        Fixtures.Broken(BrokenProviders.Find(broken)!), requirements: ids.Select(static id => ConformanceKit.Requirements.Single(requirement => requirement.Id == id)),
        cancellationToken: TestContext.Current.CancellationToken);
}
