using System.IO.Compression;
using System.Text;

namespace Toe.PackageCheck;

/// <summary>What is in a package: the assembly with its documentation, and symbols that belong to it.</summary>
internal static class ContentRules
{
    public static IEnumerable<string> Problems(PackageFile package)
    {
        if (package.IsTool)
            return package.Files.Contains("tools/net10.0/any/DotnetToolSettings.xml") ? [] : ["it is no tool"];
        var assembly = $"lib/net10.0/{package.Id}.dll";
        string[] expected = package.IsPackageOfPackages ? ["README.md", "icon.png"] : ["README.md", "icon.png", assembly, $"lib/net10.0/{package.Id}.xml"];
        var files = package.Files.ToList();
        return files.Except(expected).Select(file => $"it should not have {file}")
            .Concat(expected.Except(files).Select(file => $"it lacks {file}"))
            .Concat(package.IsPackageOfPackages || !files.Contains(assembly) ? [] : AssemblyProblems(package, package.Read(assembly)));
    }

    private static IEnumerable<string> AssemblyProblems(PackageFile package, byte[] assembly)
    {
        // The version for people ends with the commit.
        var commit = package.Nuspec.GetRepositoryMetadata()?.Commit ?? "";
        string[] old = assembly.AsSpan().IndexOf(Encoding.ASCII.GetBytes(commit)) >= 0 ? [] : ["its assembly was built from another commit than it names: build again"];
        return [.. old, .. SymbolRules.Problems(assembly, ReadSymbols(package))];
    }

    private static byte[]? ReadSymbols(PackageFile package)
    {
        if (!File.Exists(package.SymbolsPath))
            return null;
        using var archive = ZipFile.OpenRead(package.SymbolsPath);
        using var stream = archive.GetEntry($"lib/net10.0/{package.Id}.pdb")?.Open();
        using var copy = new MemoryStream();
        stream?.CopyTo(copy);
        return stream is null ? null : copy.ToArray();
    }
}
