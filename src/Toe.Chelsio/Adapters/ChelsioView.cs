using Toe.Chelsio.Policy;

namespace Toe.Chelsio.Adapters;

/// <summary>One reading and what follows from it. Immutable: gates look at one at a time.</summary>
/// <param name="Reading">What was read.</param>
/// <param name="Rung">Where the card stands.</param>
/// <param name="Control">What the loaded policy makes of steered sockets and others.</param>
/// <param name="Status">What the stack sees.</param>
/// <param name="Notes">What a person should know.</param>
internal sealed record ChelsioView(ChelsioReading Reading, ChelsioRung Rung, CopControl Control, AdapterStatus Status, IReadOnlyList<AdapterNote> Notes)
{
    /// <summary>What of the host the module walks around. Nothing tells it at run time; <c>syn_netfilter</c> would show it SYNs only.</summary>
    private const HostBypass Bypasses =
        HostBypass.NetfilterIn | HostBypass.NetfilterOut | HostBypass.Conntrack | HostBypass.Qdisc | HostBypass.CgroupBpf | HostBypass.Xfrm;

    /// <summary>Draws the conclusions.</summary>
    public static ChelsioView Of(ChelsioReading reading, Devices.ChelsioDeviceId id, Devices.ChelsioProduct product, ChelsioOptions options)
    {
        var control = ControlOf(reading, options);
        var rung = ChelsioRung.Of(reading, product, control);
        var (health, reason) = ChelsioHealth.Of(reading);
        var firmware = reading.Driver.Value?.Firmware;
        var status = new AdapterStatus(
            health, firmware, Devices.ChelsioFirmware.Parse(firmware),
            new AdapterCapabilities(
                OffloadModel.KernelManaged, AddressModel.SharedWithHost, Facts.Assumed(Bypasses), Facts.Queried(FeaturesOf(reading, rung, control)),
                CanKeepOff: rung.IsActive ? control.KeepsOff : !MayOffloadUnseen(reading, product)),
            rung.IsActive ? ChelsioBudgets.Of(reading, product) : [])
        {
            Rung = rung.Name,
            Reason = health is AdapterHealth.Healthy || (health == AdapterHealth.Degraded && !rung.IsActive) ? rung.Reason : reason,
        };
        return new ChelsioView(reading, rung, control, status, ChelsioNotes.Of(reading, options, id.Generation));
    }

    /// <summary>
    /// The module is loaded, and its table of devices cannot be read or does not name this card's interfaces, which it does even for cards that it has
    /// not attached to (Unified Wire 3.14.0.3, toecore/toedev.c): whether it takes the host's sockets is not known then.
    /// </summary>
    private static bool MayOffloadUnseen(ChelsioReading reading, Devices.ChelsioProduct product) =>
        reading.Offload is null && reading.TomVersion is not null && product.Support != Devices.ToeSupport.None;

    /// <summary>Without a policy the module takes every socket; with one that cannot be read nobody knows which.</summary>
    private static CopControl ControlOf(ChelsioReading reading, ChelsioOptions options)
    {
        if (reading.Policy is { } policy)
            return CopControl.Of(policy, options);
        return new CopControl(KeepsOff: reading.Offload?.Module is null, TakesActive: true, TakesPassive: true);
    }

    private static AdapterFeatures FeaturesOf(ChelsioReading reading, ChelsioRung rung, CopControl control)
    {
        if (!rung.IsActive)
            return AdapterFeatures.None;
        return AdapterFeatures.IPv4 | (reading.IPv6 == true ? AdapterFeatures.IPv6 : AdapterFeatures.None)
            | (control.TakesActive ? AdapterFeatures.ActiveOpen : AdapterFeatures.None)
            | (control.TakesPassive ? AdapterFeatures.PassiveOpen : AdapterFeatures.None);
    }
}
