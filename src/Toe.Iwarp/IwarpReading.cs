namespace Toe.Iwarp;

/// <summary>What a vendor's package read of an adapter at one moment, beside its RDMA device.</summary>
public sealed record IwarpReading
{
    /// <summary>The firmware's version as the adapter reports it; null when it reports none.</summary>
    public string? FirmwareText { get; init; }

    /// <summary>The version by the vendor's grammar; null when the text does not follow it.</summary>
    public FirmwareVersion? Firmware { get; init; }

    /// <summary>Parts of the firmware that have versions of their own. Default none.</summary>
    public IReadOnlyList<FirmwarePart> FirmwareParts { get; init; } = [];

    /// <summary>How the vendor's health signals stand. Default healthy: it is left to what every RDMA device shows.</summary>
    public AdapterHealth Health { get; init; }

    /// <summary>Why the health is what it is.</summary>
    public ToeReason HealthReason { get; init; }

    /// <summary>What keeps the adapter from having an RDMA device; looked at only while there is none. Default null: a device that is not there was removed.</summary>
    public IwarpObstacle? Obstacle { get; init; }

    /// <summary>What a person should know. Default nothing.</summary>
    public IReadOnlyList<AdapterNote> Notes { get; init; } = [];
}
