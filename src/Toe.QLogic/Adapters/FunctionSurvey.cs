using Toe.Linux;
using Toe.QLogic.Devices;

namespace Toe.QLogic.Adapters;

/// <summary>What a machine has of the families' PCI functions.</summary>
/// <param name="Ethernet">The Ethernet functions, by address: one adapter each.</param>
/// <param name="NotTaken">Functions of another kind whose adapter has no Ethernet function here; beside one they are no news.</param>
internal sealed record FunctionSurvey(IReadOnlyList<EthernetFunction> Ethernet, IReadOnlyList<NotTaken> NotTaken)
{
    public static FunctionSurvey Of(ILinuxHost host)
    {
        List<EthernetFunction> ethernet = [], others = [];
        foreach (var device in QLogicProducts.Vendors.SelectMany(vendor => PciDevices.Find(host, vendor)).OrderBy(static device => device.Address, StringComparer.Ordinal))
        {
            if (QLogicProducts.Find(device.Vendor, device.Device, device.Driver) is not { } product || device.IsVirtualFunction)
                continue; // A virtual function whose card is here is the card's.
            (product.Function == QLogicFunction.Ethernet ? ethernet : others).Add(new EthernetFunction(device, product));
        }

        var cards = ethernet.Select(static one => CardOf(one.Device)).ToHashSet(StringComparer.Ordinal);
        return new FunctionSurvey(ethernet, [.. others.Where(one => !cards.Contains(CardOf(one.Device))).Select(NotTakenOf)]);
    }

    private static NotTaken NotTakenOf(EthernetFunction other) => new($"{other.Device.Address} {other.Product.Name}", ToeReasons.CapabilityHardware.With(other.Product.Function switch
    {
        QLogicFunction.Virtual => "a virtual function: an interface without TCP offload; iWARP is the physical function's", // Its card is elsewhere: this is a guest.
        QLogicFunction.Iscsi => "iSCSI for the kernel alone",
        QLogicFunction.Fcoe => "Fibre Channel for the kernel alone",
        _ => "the adapter's management",
    }));

    /// <summary>The bus: a card's functions may be more than a slot has numbers for (ARI), and PCI Express gives each card a bus of its own.</summary>
    private static string CardOf(PciDevice device) => device.Address[..Math.Max(0, device.Address.LastIndexOf(':'))];
}
