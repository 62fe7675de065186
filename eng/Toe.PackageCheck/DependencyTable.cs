using NuGet.Packaging.Core;

namespace Toe.PackageCheck;

/// <summary>The table of docs/packages.md: what each package depends on, in the lowest version.</summary>
internal sealed class DependencyTable
{
    private readonly Dictionary<string, string[]> _rows;

    private DependencyTable(Dictionary<string, string[]> rows) => _rows = rows;

    public IEnumerable<string> Ids => _rows.Keys;

    /// <summary>Rows are <c>| `ID` | … | DEPENDENCY, DEPENDENCY |</c>; packages of this repository have no version there, and – is none.</summary>
    public static DependencyTable Read(string path) => new(File.ReadLines(path)
        .Where(line => line.StartsWith("| `Toe.", StringComparison.Ordinal))
        .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[0].Trim('`'), cells => cells[^1] == "–" ? [] : cells[^1].Split(", ")));

    public IEnumerable<string> Problems(PackageFile package)
    {
        if (!_rows.TryGetValue(package.Id, out var expected))
            return ["it has no row in docs/packages.md"];
        var own = package.Nuspec.GetVersion();
        var packages = package.Nuspec.GetDependencyGroups().SelectMany(group => group.Packages).Select(dependency => Describe(dependency, own.ToNormalizedString()));
        var frameworks = package.Nuspec.GetFrameworkRefGroups().SelectMany(group => group.FrameworkReferences).Select(framework => framework.Name);
        var actual = packages.Concat(frameworks).ToList();
        return actual.Except(expected).Select(one => $"depends on {one}, which docs/packages.md does not say")
            .Concat(expected.Except(actual).Select(one => $"does not depend on {one}, which docs/packages.md says"));
    }

    private static string Describe(PackageDependency dependency, string own)
    {
        var range = dependency.VersionRange;
        var isOpen = range is { HasLowerBound: true, IsMinInclusive: true, HasUpperBound: false };
        var version = isOpen ? range.MinVersion!.ToNormalizedString() : range.ToNormalizedString();
        return dependency.Id.StartsWith("Toe.", StringComparison.Ordinal) && version == own ? dependency.Id : $"{dependency.Id} {version}";
    }
}
