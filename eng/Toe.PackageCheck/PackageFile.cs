using System.Text;
using NuGet.Packaging;

namespace Toe.PackageCheck;

/// <summary>A package, and its symbols beside it.</summary>
internal sealed class PackageFile(string path) : IDisposable
{
    private readonly PackageArchiveReader _reader = new(path);

    public NuspecReader Nuspec => _reader.NuspecReader;

    public string Id => Nuspec.GetId();

    public bool IsTool => Nuspec.GetPackageTypes().Any(type => type.Name == "DotnetTool");

    /// <summary>A package of packages has no assembly.</summary>
    public bool IsPackageOfPackages => Id == "Toe.Sdk";

    public string SymbolsPath { get; } = Path.ChangeExtension(path, ".snupkg");

    /// <summary>What is in it, without what every package has.</summary>
    public IEnumerable<string> Files => _reader.GetFiles()
        .Where(file => !file.StartsWith("_rels/", StringComparison.Ordinal) && !file.StartsWith("package/", StringComparison.Ordinal) && file != "[Content_Types].xml" && !file.EndsWith(".nuspec", StringComparison.Ordinal));

    public byte[] Read(string file)
    {
        using var stream = _reader.GetStream(file);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    public string ReadText(string file) => Encoding.UTF8.GetString(Read(file));

    public void Dispose() => _reader.Dispose();
}
