using Microsoft.Extensions.Options;

namespace Toe.Firmware;

/// <summary>Judges an adapter's firmware by the catalogue, the conformance reports and the configured consequences. Reads nothing itself; cheap enough for every
/// refresh.</summary>
internal sealed class FirmwareJudge(IFirmwareCatalogueSource catalogue, ConformanceReportSource reports, IOptionsMonitor<ToeOptions> options)
{
    /// <summary>Judges by what holds now.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="status">Its status when last read.</param>
    public FirmwareAssessment Judge(AdapterIdentity adapter, AdapterStatus status) =>
        Judge(catalogue.Current, reports.Current, options.CurrentValue.Firmware.Consequences, adapter, status);

    /// <summary>Judges by what is given. Of several findings the hardest consequence counts; among equals the order unreadable, blocked,
    /// old, unknown,
    /// untested, outdated, unproven. Of several parts the first with the hardest verdict speaks for the adapter.</summary>
    public static FirmwareAssessment Judge(
        FirmwareCatalogue catalogue, IReadOnlySet<ConformanceProof> proofs, FirmwareConsequenceOptions consequences, AdapterIdentity adapter, AdapterStatus status)
    {
        var whole = JudgePart(catalogue, proofs, consequences, adapter, null, status.FirmwareText, status.Firmware);
        if (status.FirmwareParts.Count == 0)
            return whole;
        FirmwareAssessment[] parts = [.. status.FirmwareParts.Select(part => JudgePart(catalogue, proofs, consequences, adapter, part.Name, part.Text, part.Version))];
        var hardest = parts.Prepend(whole).MaxBy(static one => (one.Verdict, !one.Reason.IsNone))!;
        return whole with { Verdict = hardest.Verdict, Reason = hardest.Reason, CatalogueEntry = hardest.CatalogueEntry, Source = hardest.Source, Parts = parts };
    }

    private static FirmwareAssessment JudgePart(
        FirmwareCatalogue catalogue, IReadOnlySet<ConformanceProof> proofs, FirmwareConsequenceOptions consequences, AdapterIdentity adapter, string? part, string? text,
        FirmwareVersion? version)
    {
        var entry = catalogue.Find(adapter, part);
        var verdict = FirmwareVerdict.Ok;
        var reason = ToeReason.None;
        var source = entry?.Source;
        foreach (var finding in Findings(entry, proofs, consequences, adapter, part, text, version))
        {
            if (!reason.IsNone && finding.Verdict <= verdict)
                continue;
            (verdict, reason) = (finding.Verdict, finding.Reason);
            source = finding.Source ?? entry?.Source;
        }

        return new FirmwareAssessment(adapter.Id, verdict, reason, text, version, entry?.Name, source) { Part = part };
    }

    private static IEnumerable<Finding> Findings(
        FirmwareCatalogueEntry? entry, IReadOnlySet<ConformanceProof> proofs, FirmwareConsequenceOptions consequences, AdapterIdentity adapter, string? part, string? reported,
        FirmwareVersion? read)
    {
        var subject = part is null ? "" : part + " ";
        if (read is not { } version)
        {
            yield return new(consequences.Unreadable, ToeReasons.VersionFirmwareUnreadable, reported is null
                ? $"the adapter reports no {subject}version"
                : $"{subject}'{reported}' does not follow the grammar of {adapter.Provider}");
        }
        else if (entry is not null)
        {
            if (entry.Blocked.FirstOrDefault(blocked => blocked.Contains(version)) is { } blocked)
            {
                var text = $"{subject}{version}: {blocked.Reason} ({blocked.Source})";
                yield return new(consequences.Blocked, ToeReasons.VersionFirmwareBlocked, text, blocked.Source);
            }

            if (entry.Minimum is { } minimum && version < minimum)
                yield return new(consequences.Old, ToeReasons.VersionFirmwareOld, $"{subject}{version} is older than the minimum {minimum}");
            if (entry.Tested is { } newest && version > newest)
            {
                yield return new(
                    consequences.Untested, ToeReasons.VersionFirmwareUntested, $"{subject}{version} is newer than the newest tested {newest}");
            }

            if (entry.Recommended is { } wanted && version < wanted)
            {
                yield return new(
                    consequences.Outdated, ToeReasons.VersionFirmwareOutdated, $"{subject}{version} is older than the recommended {wanted}");
            }
        }

        if (entry is null)
            yield return new(consequences.Unknown, ToeReasons.VersionFirmwareUnknown, $"no entry for {adapter.Provider}/{adapter.Model}{(part is null ? "" : " " + part)}");

        // A report is about the adapter as a whole; and where nobody asks for a proof, its lack is no finding.
        if (part is null && consequences.Unproven != FirmwareVerdict.Ok && !proofs.Contains(new ConformanceProof(adapter.Provider, adapter.Model, reported)))
        {
            var firmware = reported is null ? "without a firmware version" : $"with firmware '{reported}'";
            yield return new(consequences.Unproven, ToeReasons.VersionUnproven, $"no report proves {adapter.Provider}/{adapter.Model} {firmware}");
        }
    }

    /// <summary>One thing found.</summary>
    private readonly record struct Finding(FirmwareVerdict Verdict, ToeReason Kind, string Text, string? Source = null)
    {
        public ToeReason Reason => Kind.With(Text);
    }
}
