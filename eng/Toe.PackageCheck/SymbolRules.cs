using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Toe.PackageCheck;

/// <summary>An assembly is the same wherever it is built, and its symbols are its own and have every source in them.</summary>
internal static class SymbolRules
{
    // Portable PDB, "Embedded Source".
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    public static IEnumerable<string> Problems(byte[] assembly, byte[]? symbols)
    {
        if (symbols is null)
            return ["it has no symbols"];
        using var image = new PEReader(ImmutableArray.Create(assembly));
        using var provider = MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(symbols));
        var debug = image.ReadDebugDirectory();
        var reader = provider.GetMetadataReader();
        var problems = new List<string>();
        if (!debug.Any(entry => entry.Type == DebugDirectoryEntryType.Reproducible))
            problems.Add("its assembly is not deterministic");
        var codeView = debug.Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
        if (new BlobContentId(image.ReadCodeViewDebugDirectoryData(codeView).Guid, codeView.Stamp) != new BlobContentId(reader.DebugMetadataHeader!.Id))
            problems.Add("its symbols belong to another assembly");
        foreach (var document in reader.Documents)
        {
            var name = reader.GetString(reader.GetDocument(document).Name);
            if (Path.IsPathRooted(name) && !name.StartsWith("/_/", StringComparison.Ordinal))
                problems.Add($"its symbols name a path of the machine that built it: {name}");
            if (!reader.GetCustomDebugInformation(document).Any(entry => reader.GetGuid(reader.GetCustomDebugInformation(entry).Kind) == EmbeddedSource))
                problems.Add($"its symbols lack the source of {name}");
        }

        return problems;
    }
}
