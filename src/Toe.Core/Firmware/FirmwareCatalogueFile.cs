namespace Toe.Firmware;

/// <summary>Finds the catalogue that the options name, and trusts it or not.</summary>
internal static class FirmwareCatalogueFile
{
    private const string ResourceFolder = "firmware/";
    private const string SignatureEnding = ".sig";
    private const string Key = $"{ToeOptions.SectionName}:{nameof(ToeOptions.Firmware)}";
    private const string CatalogueKey = $"{Key}:{nameof(FirmwareOptions.Catalogue)}";
    private const string TrustedKeysKey = $"{Key}:{nameof(FirmwareOptions.TrustedKeys)}";

    private static readonly Lazy<FirmwareCatalogue> ShippedCatalogue = new(ReadShipped);

    /// <summary>The catalogue in this assembly (the folder <c>firmware</c> of the repository), which is as trusted as the assembly.</summary>
    public static FirmwareCatalogue Shipped => ShippedCatalogue.Value;

    /// <summary>What is wrong with the trusted keys, one line each.</summary>
    public static IEnumerable<string> CheckKeys(FirmwareOptions options)
    {
        for (var i = 0; i < options.TrustedKeys.Count; i++)
        {
            if (TrustedKey.TryImport(options.TrustedKeys[i], out var key, out var error))
                key.Dispose();
            else
                yield return FormattableString.Invariant($"{TrustedKeysKey}:{i}: {error}");
        }
    }

    /// <summary>Reads the catalogue. The bytes that are verified are the bytes that are read.</summary>
    /// <exception cref="FormatException">It cannot be read, is not signed by a trusted key, or is malformed; the message begins with the
    /// configuration key.</exception>
    public static FirmwareCatalogue Load(FirmwareOptions options)
    {
        if (options.Catalogue is not { } path)
            return Shipped;
        var content = ReadFile(path) ?? throw new FormatException($"{CatalogueKey}: '{path}' does not exist");
        if (!options.AllowUnsigned)
            Verify(options, path, content);
        try
        {
            return FirmwareCatalogueParser.Parse(content);
        }
        catch (FormatException error)
        {
            throw new FormatException($"{CatalogueKey}: '{path}' is malformed: {error.Message}", error);
        }
    }

    private static void Verify(FirmwareOptions options, string path, byte[] content)
    {
        if (options.TrustedKeys.Count == 0)
        {
            throw new FormatException(
                $"{TrustedKeysKey}: empty, so nobody can have signed '{path}'; "
                + $"name a key, or set {Key}:{nameof(FirmwareOptions.AllowUnsigned)}");
        }

        var signature = ReadFile(path + SignatureEnding)
            ?? throw new FormatException($"{CatalogueKey}: '{path}' is not signed: '{path}{SignatureEnding}' does not exist");
        if (!CatalogueSignature.IsValid(content, signature, options.TrustedKeys))
        {
            throw new FormatException(
                $"{CatalogueKey}: '{path}{SignatureEnding}' is not a signature of '{path}' by any of {TrustedKeysKey}");
        }
    }

    private static byte[]? ReadFile(string path)
    {
        try
        {
            return SmallFile.Read(path);
        }
        catch (IOException error)
        {
            throw new FormatException($"{CatalogueKey}: {error.Message}", error);
        }
    }

    /// <summary>One file for each vendor, in the order of their names.</summary>
    private static FirmwareCatalogue ReadShipped()
    {
        var assembly = typeof(FirmwareCatalogueFile).Assembly;
        var entries = new List<FirmwareCatalogueEntry>();
        foreach (var name in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(ResourceFolder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            entries.AddRange(FirmwareCatalogueParser.Parse(content).Entries);
        }

        return new FirmwareCatalogue(entries);
    }
}
