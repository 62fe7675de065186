namespace Toe;

/// <summary>Which firmware is trusted: <c>Toe:Firmware</c>.</summary>
public sealed class FirmwareOptions
{
    /// <summary>Path of a catalogue that replaces the shipped one. Its detached signature is the same path with <c>.sig</c> at the
    /// end.</summary>
    /// <value>Default null: the catalogue shipped in the assembly.</value>
    public string? Catalogue { get; set; }

    /// <summary>Public keys that may sign the catalogue: ECDSA on P-256, each as PEM (<c>PUBLIC KEY</c>) or as base64
    /// SubjectPublicKeyInfo.</summary>
    /// <value>Default empty: then a replacing catalogue needs <see cref="AllowUnsigned"/>.</value>
    public IList<string> TrustedKeys { get; } = [];

    /// <summary>True takes a replacing catalogue without looking for a signature.</summary>
    /// <value>Default false.</value>
    public bool AllowUnsigned { get; set; }

    /// <summary>Time between two judgements of every adapter's firmware, besides the one after each reset. The catalogue's file and
    /// the reports are read again as often.</summary>
    /// <value>Default 5 minutes; 1 s to 1 day.</value>
    [TimeRange("00:00:01", "1.00:00:00")]
    public TimeSpan RecheckInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Paths of reports that <c>toe conformance --report</c> wrote as JSON; a directory stands for its <c>*.json</c> files. A report proves an adapter of its provider and
    /// product with its firmware where it is good and complete and left nothing unexercised.</summary>
    /// <value>Default empty: nothing is proven, which matters where <see cref="FirmwareConsequenceOptions.Unproven"/> asks for it.</value>
    public IList<string> Reports { get; } = [];

    /// <summary>What follows from each finding.</summary>
    public FirmwareConsequenceOptions Consequences { get; set; } = new();
}
