using System.Reflection;

namespace Toe.Docs.Tests;

/// <summary>What this repository's src folder builds to.</summary>
internal static class Assemblies
{
    /// <summary>All, the tool included.</summary>
    public static IReadOnlyList<Assembly> All { get; } =
    [
        .. Directory.GetDirectories(Testing.Repository.PathOf("src")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .Select(static project => project == "Toe.Cli" ? "toe" : project!)
            .Where(static name => File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll"))) // A package of packages has none.
            .Select(static name => Assembly.Load(name)),
    ];

    /// <summary>Those that programs refer to.</summary>
    public static IEnumerable<Assembly> Libraries => All.Where(static assembly => assembly.GetName().Name != "toe");
}
