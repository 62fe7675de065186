namespace Toe.Firmware;

/// <summary>What was found at one path of <see cref="FirmwareOptions.Reports"/>.</summary>
/// <param name="Proofs">What its files prove.</param>
/// <param name="Complaints">The files that prove nothing, each with the reason.</param>
internal sealed record ReportReading(IReadOnlyCollection<ConformanceProof> Proofs, IReadOnlyDictionary<string, string> Complaints)
{
    /// <summary>The files of a folder that are reports.</summary>
    public const string Pattern = "*.json";

    /// <summary>Files of one folder that are read; each may have <see cref="SmallFile.Limit"/> bytes.</summary>
    public const int FileLimit = 1_000;

    private const string Key = $"{ToeOptions.SectionName}:{nameof(ToeOptions.Firmware)}:{nameof(FirmwareOptions.Reports)}";

    /// <summary>Reads a file, or all of a folder. Never throws: what cannot be read proves nothing.</summary>
    /// <param name="path">The path.</param>
    public static ReportReading Of(string path)
    {
        var proofs = new List<ConformanceProof>();
        var complaints = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Find(path, complaints))
        {
            try
            {
                proofs.Add(ConformanceReportParser.Parse(SmallFile.Read(file) ?? throw new FormatException("It does not exist.")));
            }
            catch (Exception error) when (error is IOException or FormatException)
            {
                complaints[file] = error.Message;
            }
        }

        return new ReportReading(proofs, complaints);
    }

    /// <summary>What cannot be a path, one line each.</summary>
    public static IEnumerable<string> CheckPaths(FirmwareOptions options)
    {
        for (var i = 0; i < options.Reports.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(options.Reports[i]) || options.Reports[i].Contains('\0', StringComparison.Ordinal))
                yield return FormattableString.Invariant($"{Key}:{i}: '{options.Reports[i]}' is not a path");
        }
    }

    private static List<string> Find(string path, Dictionary<string, string> complaints)
    {
        try
        {
            if (!Directory.Exists(path))
                return [path];
            List<string> files = [.. Directory.EnumerateFiles(path, Pattern).Take(FileLimit + 1)];
            if (files.Count <= FileLimit)
                return files;
            complaints[path] = FormattableString.Invariant($"It has more than {FileLimit} files.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            complaints[path] = error.Message;
        }

        return [];
    }
}
