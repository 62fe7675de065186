namespace Toe.Emulated.Links;

/// <summary>The settings of a <see cref="Fabric"/>.</summary>
public sealed record FabricOptions
{
    /// <summary>The largest IP packet in bytes, 1280 (RFC 8200 §5) to 65535. Default 65535.</summary>
    public int Mtu { get; init; } = 65535;

    /// <summary>
    /// Makes and verifies TCP checksums as on a wire. Default false: what goes from memory to memory needs none. Links with faults have
    /// them in any case, since corruption is to be found.
    /// </summary>
    public bool VerifyChecksums { get; init; }

    /// <summary>The most bytes that wait at one port, 65536 to 1 GiB. Default 4 MiB. A queue takes memory only as it fills.</summary>
    public int QueueBytes { get; init; } = 4 * 1024 * 1024;

    internal FabricOptions Validated()
    {
        if (Mtu is < 1280 or > 65535)
            throw Refuse(nameof(Mtu), Mtu, "Mtu must lie between 1280 and 65535 bytes.");
        if (QueueBytes is < 65536 or > 1024 * 1024 * 1024)
            throw Refuse(nameof(QueueBytes), QueueBytes, "QueueBytes must lie between 65536 bytes and 1 GiB.");
        return this;
    }

    private static ArgumentOutOfRangeException Refuse(string setting, object value, string text) => new(setting, value, text);
}
