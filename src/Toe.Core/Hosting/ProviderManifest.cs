using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Toe.Hosting;

/// <summary>What an assembly's <c>[assembly: ToeProvider]</c> says, read from the file as data: nothing is loaded, so that a provider of another contract need not even be loadable.</summary>
/// <param name="Major">The contract's major version it was built against.</param>
/// <param name="Minor">The minor version.</param>
internal readonly record struct ProviderManifest(int Major, int Minor)
{
    private const ushort Prolog = 1; // ECMA-335 II.23.3

    /// <summary>Reads the manifest.</summary>
    /// <param name="file">The assembly file.</param>
    /// <returns>Null when the assembly names no provider.</returns>
    /// <exception cref="InvalidDataException">The file has no metadata.</exception>
    public static ProviderManifest? Read(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        if (!image.HasMetadata)
            throw new InvalidDataException("The file has no .NET metadata.");
        var metadata = image.GetMetadataReader();
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (IsProviderAttribute(metadata, attribute))
                return Decode(metadata.GetBlobReader(attribute.Value));
        }

        return null;
    }

    private static ProviderManifest? Decode(BlobReader value)
    {
        if (value.ReadUInt16() != Prolog)
            return null;
        _ = value.ReadSerializedString(); // The provider's type.
        return new ProviderManifest(value.ReadInt32(), value.ReadInt32());
    }

    private static bool IsProviderAttribute(MetadataReader metadata, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
            return false;
        var parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference)
            return false;
        var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return metadata.StringComparer.Equals(type.Namespace, nameof(Toe)) && metadata.StringComparer.Equals(type.Name, nameof(ToeProviderAttribute));
    }
}
