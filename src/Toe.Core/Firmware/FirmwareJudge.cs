using Microsoft.Extensions.Options;

namespace Toe.Firmware;

/// <summary>Judges an adapter's firmware by the catalogue and the configured consequences. Reads nothing itself; cheap enough for every
/// refresh.</summary>
internal sealed class FirmwareJudge(IFirmwareCatalogueSource catalogue, IOptionsMonitor<ToeOptions> options)
{
    /// <summary>Judges by what holds now.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="status">Its status when last read.</param>
    public FirmwareAssessment Judge(AdapterIdentity adapter, AdapterStatus status) =>
        Judge(catalogue.Current, options.CurrentValue.Firmware.Consequences, adapter, status);

    /// <summary>Judges by what is given. Of several findings the hardest consequence counts; among equals the order unreadable, blocked,
    /// old, unknown,
    /// untested, outdated.</summary>
    public static FirmwareAssessment Judge(
        FirmwareCatalogue catalogue, FirmwareConsequenceOptions consequences, AdapterIdentity adapter, AdapterStatus status)
    {
        var entry = catalogue.Find(adapter);
        var verdict = FirmwareVerdict.Ok;
        var reason = ToeReason.None;
        var source = entry?.Source;
        foreach (var finding in Findings(entry, consequences, adapter, status))
        {
            if (!reason.IsNone && finding.Verdict <= verdict)
                continue;
            (verdict, reason) = (finding.Verdict, finding.Reason);
            source = finding.Source ?? entry?.Source;
        }

        return new FirmwareAssessment(adapter.Id, verdict, reason, status.FirmwareText, status.Firmware, entry?.Name, source);
    }

    private static IEnumerable<Finding> Findings(
        FirmwareCatalogueEntry? entry, FirmwareConsequenceOptions consequences, AdapterIdentity adapter, AdapterStatus status)
    {
        if (status.Firmware is not { } version)
        {
            yield return new(consequences.Unreadable, ToeReasons.VersionFirmwareUnreadable, status.FirmwareText is null
                ? "the adapter reports no version"
                : $"'{status.FirmwareText}' does not follow the grammar of {adapter.Provider}");
        }
        else if (entry is not null)
        {
            if (entry.Blocked.FirstOrDefault(blocked => blocked.Contains(version)) is { } blocked)
            {
                var text = $"{version}: {blocked.Reason} ({blocked.Source})";
                yield return new(consequences.Blocked, ToeReasons.VersionFirmwareBlocked, text, blocked.Source);
            }

            if (entry.Minimum is { } minimum && version < minimum)
                yield return new(consequences.Old, ToeReasons.VersionFirmwareOld, $"{version} is older than the minimum {minimum}");
            if (entry.Tested is { } newest && version > newest)
            {
                yield return new(
                    consequences.Untested, ToeReasons.VersionFirmwareUntested, $"{version} is newer than the newest tested {newest}");
            }

            if (entry.Recommended is { } wanted && version < wanted)
            {
                yield return new(
                    consequences.Outdated, ToeReasons.VersionFirmwareOutdated, $"{version} is older than the recommended {wanted}");
            }
        }

        if (entry is null)
            yield return new(consequences.Unknown, ToeReasons.VersionFirmwareUnknown, $"no entry for {adapter.Provider}/{adapter.Model}");
    }

    /// <summary>One thing found.</summary>
    private readonly record struct Finding(FirmwareVerdict Verdict, ToeReason Kind, string Text, string? Source = null)
    {
        public ToeReason Reason => Kind.With(Text);
    }
}
