using System.Buffers.Binary;

namespace Toe.PackageCheck;

/// <summary>What a package says of itself.</summary>
internal static class MetadataRules
{
    public static IEnumerable<string> Problems(PackageFile package)
    {
        var nuspec = package.Nuspec;
        if (nuspec.GetLicenseMetadata()?.License != "MIT")
            yield return "its licence is not MIT";
        if (nuspec.GetDescription().Length < 40)
            yield return "it has no description";
        if (nuspec.GetTags().Length == 0)
            yield return "it has no tags";
        if (nuspec.GetRepositoryMetadata() is not { Type: "git", Commit.Length: 40 })
            yield return "it does not name its commit";
        if (nuspec.GetReadme() != "README.md" || !package.ReadText("README.md").StartsWith("# ", StringComparison.Ordinal))
            yield return "it has no README";
        else if (package.ReadText("README.md").Contains("](..", StringComparison.Ordinal))
            yield return "its README links to a file that is not in the package";
        if (nuspec.GetIcon() != "icon.png" || !IsIcon(package.Read("icon.png")))
            yield return "it has no icon of 128 by 128";
    }

    // PNG, third edition, 5.2 and 11.2.1: the signature, and width and height at the beginning of IHDR.
    private static bool IsIcon(ReadOnlySpan<byte> png) => png.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])
        && BinaryPrimitives.ReadInt32BigEndian(png[16..]) == 128 && BinaryPrimitives.ReadInt32BigEndian(png[20..]) == 128;
}
