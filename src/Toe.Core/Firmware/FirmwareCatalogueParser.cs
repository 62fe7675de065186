namespace Toe.Firmware;

/// <summary>Reads a catalogue. Total: any bytes give a catalogue or a <see cref="FormatException"/>.</summary>
internal sealed class FirmwareCatalogueParser
{
    private const int Format = 1;
    private readonly List<string> _errors = [];

    /// <summary>Reads a catalogue.</summary>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="FormatException">Anything is wrong with it; the message names each mistake with its path.</exception>
    public static FirmwareCatalogue Parse(ReadOnlySpan<byte> json)
    {
        var document = JsonText.Read(json, CatalogueJson.Default.CatalogueDocument);
        return new FirmwareCatalogueParser().Read(document);
    }

    private FirmwareCatalogue Read(CatalogueDocument document)
    {
        if (document.Format != Format)
        {
            throw new FormatException(
                FormattableString.Invariant($"$.format: {document.Format} is not a format that this SDK reads ({Format})"));
        }


        var entries = new List<FirmwareCatalogueEntry>(document.Adapters.Count);
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < document.Adapters.Count; i++)
        {
            var path = FormattableString.Invariant($"$.adapters[{i}]");
            if (document.Adapters[i] is not { } adapter)
            {
                _errors.Add($"{path}: an entry is missing here");
                continue;
            }

            var entry = Read(path, adapter);
            if (!places.TryAdd(entry.Name, path))
                _errors.Add($"{path}.model: {entry.Name} has an entry already, {places[entry.Name]}");
            entries.Add(entry);
        }

        return _errors.Count == 0 ? new FirmwareCatalogue(entries) : throw new FormatException(string.Join("; ", _errors));
    }

    private FirmwareCatalogueEntry Read(string path, EntryDocument document)
    {
        Required($"{path}.provider", document.Provider);
        Required($"{path}.model", document.Model);
        Required($"{path}.source", document.Source);
        if (document.Part is { } part)
            Required($"{path}.part", part);
        var entry = new FirmwareCatalogueEntry(document.Provider, document.Model, document.Source)
        {
            Part = document.Part,
            Minimum = Version($"{path}.minimum", document.Minimum),
            Recommended = Version($"{path}.recommended", document.Recommended),
            Tested = Version($"{path}.tested", document.Tested),
            Blocked =
            [
                .. document.Blocked
                    .Select((blocked, i) => Read(FormattableString.Invariant($"{path}.blocked[{i}]"), blocked)).OfType<BlockedFirmware>(),
            ],
        };
        Ordered($"{path}.recommended", entry.Recommended, "minimum", entry.Minimum);
        Ordered($"{path}.tested", entry.Tested, "minimum", entry.Minimum);
        Ordered($"{path}.tested", entry.Tested, "recommended", entry.Recommended);
        return entry;
    }

    private BlockedFirmware? Read(string path, BlockedDocument? document)
    {
        if (document is null)
        {
            _errors.Add($"{path}: an entry is missing here");
            return null;
        }

        Required($"{path}.reason", document.Reason);
        Required($"{path}.source", document.Source);
        var isRange = document.From is not null && document.To is not null;
        if (document.Version is null ? !isRange : document.From is not null || document.To is not null)
        {
            _errors.Add($"{path}: needs either 'version' or 'from' and 'to'");
            return null;
        }

        var first = Version(isRange ? $"{path}.from" : $"{path}.version", document.From ?? document.Version);
        var last = isRange ? Version($"{path}.to", document.To) : first;
        Ordered($"{path}.to", last, "from", first);
        return first is null || last is null ? null : new BlockedFirmware(first.Value, last.Value, document.Reason, document.Source);
    }

    private void Required(string path, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            _errors.Add($"{path}: must not be empty");
    }

    private FirmwareVersion? Version(string path, string? text)
    {
        if (text is null)
            return null;
        if (FirmwareVersion.TryParse(text, out var version))
            return version;
        _errors.Add($"{path}: '{text}' is not a firmware version (one to four numbers with dots between them)");
        return null;
    }

    private void Ordered(string path, FirmwareVersion? higher, string lowerName, FirmwareVersion? lower)
    {
        if (higher < lower)
            _errors.Add($"{path}: {higher} is older than '{lowerName}', {lower}");
    }
}
