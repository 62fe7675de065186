using Toe.Firmware;

namespace Toe.Core.Tests.Firmware;

/// <summary>The shipped catalogue and the default consequences, asked about the software TOE or another model.</summary>
internal static class FirmwareBench
{
    /// <summary>No report.</summary>
    public static IReadOnlySet<ConformanceProof> Unproven { get; } = new HashSet<ConformanceProof>();

    public static AdapterIdentity Adapter(string provider = "emulated", string model = "Software TOE") => new()
    {
        Id = provider + ":0",
        Provider = provider,
        Model = model,
        Evidence = EvidenceLevel.E2,
    };

    public static AdapterStatus Status(string? text) => new(
        AdapterHealth.Healthy,
        text,
        FirmwareVersion.TryParse(text.AsSpan(), out var version) && text is not null ? version : null,
        null!,
        []);

    public static FirmwareAssessment Judge(
        string? version, FirmwareConsequenceOptions? consequences = null, AdapterIdentity? adapter = null, params ConformanceProof[] proofs) => FirmwareJudge.Judge(
        FirmwareCatalogueFile.Shipped, proofs.ToHashSet(), consequences ?? new FirmwareConsequenceOptions(), adapter ?? Adapter(), Status(version));
}
