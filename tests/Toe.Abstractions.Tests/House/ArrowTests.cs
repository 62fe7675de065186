using System.Xml.Linq;
using Toe.Testing;

namespace Toe.Abstractions.Tests.House;

/// <summary>Dependencies between the projects point one way: only the arrows listed here exist.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Toe.Abstractions"] = [],
        ["Toe.Linux"] = ["Toe.Abstractions"],
        ["Toe.Core"] = ["Toe.Abstractions", "Toe.Linux"],
        ["Toe.Iwarp"] = ["Toe.Abstractions", "Toe.Linux"],
        ["Toe.Chelsio"] = ["Toe.Abstractions", "Toe.Linux", "Toe.Iwarp"],
        ["Toe.QLogic"] = ["Toe.Abstractions", "Toe.Linux", "Toe.Iwarp"],
        ["Toe.Emulated"] = ["Toe.Abstractions", "Toe.Linux"],
        ["Toe.AspNetCore"] = ["Toe.Abstractions", "Toe.Core"],
        ["Toe.Sdk"] = ["Toe.Core", "Toe.Emulated", "Toe.Chelsio", "Toe.QLogic"],
        ["Toe.Conformance"] = ["Toe.Abstractions"],
        ["Toe.Conformance.Xunit"] = ["Toe.Abstractions", "Toe.Conformance"],
    };

    private static readonly string[] AbstractionsPackages =
    [
        "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options",
        "Microsoft.CodeAnalysis.PublicApiAnalyzers",
    ];

    public static TheoryData<string> Projects => [.. Directory.GetFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
        .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferences_AreAllowedArrows(string project)
    {
        if (project == "Toe.Cli")
            return; // The tool may refer to anything.
        Assert.True(Allowed.ContainsKey(project), $"{project} is not in the list of projects: say what it may refer to.");
        Assert.Empty(References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)).Except(Allowed[project]));
    }

    [Fact]
    public void Abstractions_HasOnlyContractPackages() =>
        Assert.Empty(References("Toe.Abstractions", "PackageReference").Except(AbstractionsPackages));

    [Fact]
    public void Abstractions_HasNoNativeCalls()
    {
        var offenders = Directory.GetFiles(Repository.PathOf("src", "Toe.Abstractions"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path) is var text && (text.Contains("LibraryImport", StringComparison.Ordinal) || text.Contains("DllImport", StringComparison.Ordinal)));
        Assert.Empty(offenders);
    }

    /// <summary>Core names no provider, and no provider names Core or another provider, not even in a string or a comment.</summary>
    [Theory]
    [InlineData("Toe.Core", "Toe.Emulated", "Toe.Chelsio", "Toe.QLogic", "Toe.Iwarp")]
    [InlineData("Toe.Emulated", "Toe.Core", "Toe.Chelsio", "Toe.QLogic", "Toe.Iwarp")]
    public void Sources_DoNotName(string project, params string[] others)
    {
        foreach (var path in Directory.GetFiles(Repository.PathOf("src", project), "*.cs", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(path);
            foreach (var other in others)
                Assert.False(text.Contains($"using {other}", StringComparison.Ordinal), $"{path} uses {other}");
        }
    }

    private static IEnumerable<string> References(string project, string kind) => XDocument.Load(Repository.PathOf("src", project, project + ".csproj"))
        .Descendants(kind).Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'));
}
