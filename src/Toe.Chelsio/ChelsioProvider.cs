using Toe.Chelsio.Adapters;
using Toe.Chelsio.Devices;
using Toe.Iwarp;
using Toe.Linux;

[assembly: Toe.ToeProvider(typeof(Toe.Chelsio.ChelsioProvider), Toe.ContractVersion.Major, Toe.ContractVersion.Minor)]

namespace Toe.Chelsio;

/// <summary>Finds Chelsio cards, T4 and later, on this machine or on one that is played back. Looking costs a few files and needs no privilege.</summary>
public sealed class ChelsioProvider : IwarpProvider
{
    internal const string ProviderName = "chelsio";

    private readonly ChelsioOptions _options;

    /// <summary>Looks at the machine that the program runs on, and steers no sockets.</summary>
    public ChelsioProvider()
        : this(new ChelsioOptions())
    {
    }

    /// <summary>Looks at a machine.</summary>
    /// <param name="options">How sockets are steered.</param>
    /// <param name="host">The machine; null is the one that the program runs on. The caller disposes it.</param>
    /// <exception cref="ArgumentException">The options cannot be used; the message says why.</exception>
    public ChelsioProvider(ChelsioOptions options, ILinuxHost? host = null)
        : base(host)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Check() is { } wrong)
            throw new ArgumentException(wrong, nameof(options));
        _options = options;
    }

    /// <inheritdoc/>
    public override string Name => ProviderName;

    /// <inheritdoc/>
    protected override string Kind => "Chelsio adapters";

    /// <inheritdoc/>
    protected override ToeReason Check() => OperatingSystem.IsLinux()
        ? ToeReason.None
        : ToeReasons.EnvironmentOperatingSystem.With("Chelsio's TOE is used on Linux; FreeBSD has one that this SDK does not drive");

    /// <inheritdoc/>
    protected override Discovery Find(ILinuxHost machine, IProviderHost host)
    {
        var devices = PciDevices.Find(machine, ChelsioDeviceId.Vendor);
        var cards = devices.Where(static device => new ChelsioDeviceId(device.Device) is { IsEncoded: true, Function: ChelsioFunction.Unified } && !device.IsVirtualFunction).ToList();
        if (devices.Count != 0)
            Watch(HostTopics.Links | HostTopics.Addresses);
        if (cards.Count != 0)
            WatchRdma();
        return new Discovery(Adapters(machine, cards, host), NotTakenOf(devices));
    }

    /// <summary>One adapter for each card: its function for interfaces and offloads. The cards' iWARP sides stand behind all cards: they serve only peers that policy names.</summary>
    private List<IToeAdapter> Adapters(ILinuxHost machine, List<PciDevice> cards, IProviderHost host)
    {
        List<IToeAdapter> adapters = [], iwarp = [];
        foreach (var card in cards)
        {
            var adapter = Keep(card.Address, () => new ChelsioAdapter(machine, card, _options, host.Time));
            adapters.Add(adapter);
            if (ChelsioIwarp.Find(machine, card.Address) is { IsUsable: true })
                iwarp.Add(Keep($"{card.Address}/iwarp", () => new IwarpAdapter(machine, Transport, ChelsioIwarp.Source(machine, adapter, card.Address))));
        }

        return [.. adapters, .. iwarp];
    }

    /// <summary>Functions of a card that is taken are no news; what has no such function is named.</summary>
    private static List<NotTaken> NotTakenOf(IReadOnlyList<PciDevice> devices)
    {
        var notTaken = new List<NotTaken>();
        var taken = devices.Where(static device => new ChelsioDeviceId(device.Device).Function == ChelsioFunction.Unified).Select(static device => Slot(device.Address)).ToHashSet(StringComparer.Ordinal);
        foreach (var device in devices.Where(device => !taken.Contains(Slot(device.Address))))
        {
            var id = new ChelsioDeviceId(device.Device);
            var name = ChelsioProducts.Of(id).Name;
            if (!id.IsEncoded)
                notTaken.Add(new NotTaken($"{device.Address} {name}", ToeReasons.CapabilityHardware.With("T3 and older: Chelsio's modules for them ended long ago; use T4 or later")));
            else if (id.Function == ChelsioFunction.Virtual && !device.IsVirtualFunction) // Its card is elsewhere: this is a guest.
                notTaken.Add(new NotTaken($"{device.Address} {name}", ToeReasons.CapabilityHardware.With("a virtual function: an interface without TCP offload")));
        }

        return notTaken;
    }

    private static string Slot(string address) => address[..Math.Max(0, address.LastIndexOf('.'))];
}
