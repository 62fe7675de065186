using Toe.Chelsio.Policy;
using Toe.Chelsio.Tables;
using Toe.Linux;

namespace Toe.Chelsio.Adapters;

/// <summary>Everything that one reading of a card gave; what could not be read is null.</summary>
internal sealed record ChelsioReading
{
    /// <summary>The function; null when it is gone.</summary>
    public PciDevice? Device { get; init; }

    /// <summary>The function's own interfaces.</summary>
    public IReadOnlyList<NetworkDevice> Ports { get; init; } = [];

    /// <summary>Every interface whose connections the card may take, by index: ports, and VLANs and bonds on them.</summary>
    public IReadOnlyDictionary<int, NetworkDevice> Served { get; init; } = new Dictionary<int, NetworkDevice>();

    /// <summary>The addresses of the interfaces served.</summary>
    public IReadOnlyList<AddressEntry> Addresses { get; init; } = [];

    /// <summary>What the driver says; the first port that answers speaks for the card.</summary>
    public HostAnswer<EthtoolDriver> Driver { get; init; }

    /// <summary>The row of the offload device that has the card's interfaces.</summary>
    public OffloadDevice? Offload { get; init; }

    /// <summary>Whether IPv6 is offloaded.</summary>
    public bool? IPv6 { get; init; }

    /// <summary>The sysctls that could be read.</summary>
    public IReadOnlyDictionary<string, long> Settings { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>The loaded policy, as far as it could be read back.</summary>
    public CopPolicy? Policy { get; init; }

    /// <summary>Why the loaded policy could not be read back; null when it could, or none is loaded.</summary>
    public string? PolicyProblem { get; init; }

    /// <summary>The version of the TOE module; null when it is not loaded.</summary>
    public string? TomVersion { get; init; }

    /// <summary>Why there is no offload device, in words.</summary>
    public string Missing { get; init; } = "";

    public IdentifierTable? Identifiers { get; init; }

    public int? Neighbours { get; init; }

    public ClipTable? Clip { get; init; }

    public CardMemory? Memory { get; init; }

    /// <summary>What the card counts.</summary>
    public IReadOnlyList<AdapterCounter> Counters { get; init; } = [];

    /// <summary>Files that could not be read although they should be there.</summary>
    public IReadOnlyList<AdapterNote> Unread { get; init; } = [];

    /// <summary>True when csiostor, which crashes T6 firmware, is loaded beside the TOE module.</summary>
    public bool HasStorageDriver { get; init; }

    public long? Setting(string name) => Settings.TryGetValue(name, out var value) ? value : null;
}
