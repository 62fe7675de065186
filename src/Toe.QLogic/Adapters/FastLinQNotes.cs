using Toe.Linux;

namespace Toe.QLogic.Adapters;

/// <summary>Known faults of the drivers and the storm firmware that are in use. Source: release.txt of qed and qedr in Marvell FastLinQ 8.70.12.0; drivers of the kernel have no version to tell by.</summary>
internal static class FastLinQNotes
{
    private const string ReleaseNotes = "Marvell FastLinQ 8.70.12.0, qedr release.txt";

    private static readonly FirmwareVersion Loopback = new(8, 59, 1);
    private static readonly FirmwareVersion LoopbackMended = new(8, 59, 3);
    private static readonly FirmwareVersion RecoveryMended = new(8, 59, 5);

    public static IReadOnlyList<AdapterNote> Of(ILinuxHost host, FirmwareVersion? storm)
    {
        var (core, rdma) = (VersionOf(host, "qed"), VersionOf(host, "qedr"));
        var notes = new List<AdapterNote>();
        if (storm == Loopback && !(core >= LoopbackMended))
        {
            notes.Add(new AdapterNote(AdapterNoteKind.Advisory,
                "iWARP connections to the adapter's own address may fail with this storm firmware, which Marvell's driver mends from 8.59.3.0 on: the SDK leaves them to the host stack", $"{ReleaseNotes}, FJT-7430"));
        }

        if (rdma < RecoveryMended)
        {
            notes.Add(new AdapterNote(AdapterNoteKind.Advisory,
                $"qedr {rdma}: a recovery while iWARP carries data may crash the host: update the driver to 8.59.5.0 or later", $"{ReleaseNotes}, FJT-7532"));
        }

        if (rdma < LoopbackMended)
        {
            notes.Add(new AdapterNote(AdapterNoteKind.Advisory,
                $"qedr {rdma}: `rdma resource show qp` may crash the host: do not run it before an update to 8.59.3.0 or later", $"{ReleaseNotes}, FJT-4275"));
        }

        return notes;
    }

    private static FirmwareVersion? VersionOf(ILinuxHost host, string module) =>
        FirmwareVersion.TryParse(KernelModule.Read(host, module)?.Version, null, out var version) ? version : null;
}
