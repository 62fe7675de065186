using System.Reflection;

namespace Toe.Docs.Tests;

/// <summary>What this repository's src folder builds to.</summary>
internal static class Assemblies
{
    /// <summary>All, the tool included.</summary>
    public static IReadOnlyList<Assembly> All { get; } =
    [
        .. Directory.GetDirectories(Testing.Repository.PathOf("src")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .Where(static project => Directory.GetFiles(Testing.Repository.PathOf("src", project!), "*.csproj").Length > 0)
            .Select(static project => Assembly.Load(project == "Toe.Cli" ? "toe" : project!)),
    ];

    /// <summary>Those that programs refer to.</summary>
    public static IEnumerable<Assembly> Libraries => All.Where(static assembly => assembly.GetName().Name != "toe");
}
