using Toe.Chelsio.Devices;
using Toe.Chelsio.Policy;
using Toe.Chelsio.Tables;

namespace Toe.Chelsio.Adapters;

/// <summary>How far up the ladder to offloading a card stands, and what keeps it from the next rung.</summary>
/// <param name="Name">The rung, as <see cref="AdapterStatus.Rung"/> spells it.</param>
/// <param name="Reason">What keeps it there; <see cref="ToeReason.None"/> at the top.</param>
internal readonly record struct ChelsioRung(string Name, ToeReason Reason)
{
    public static ChelsioRung Active { get; } = new("ToeActive", ToeReason.None);

    public bool IsActive => Reason.IsNone;

    /// <summary>Finds the rung. In-box <c>cxgb4</c> alone is never above <c>NicOnly</c>.</summary>
    public static ChelsioRung Of(ChelsioReading reading, ChelsioProduct product, CopControl control)
    {
        if (reading.Device?.Driver != "cxgb4")
        {
            return new("Unsupported", ToeReasons.EnvironmentDriver.With(
                $"{(reading.Device?.Driver is { } driver ? $"{driver} is bound" : "no driver is bound")}; cxgb4 of Chelsio Unified Wire is needed"));
        }

        if (product.Support == ToeSupport.None)
            return new("NicOnly", ToeReasons.CapabilityHardware.With($"{product.Name} has none; choose a card with TOE"));
        if (reading.Offload is not { } device)
            return new("NicOnly", ToeReasons.EnvironmentDriver.With(reading.Missing));
        if (device.Module is null)
            return new("NotAttached", ToeReasons.EnvironmentDriver.With($"no TOE module is attached to {device.Name}: modprobe t4_tom"));
        if (reading.Setting(TomSettings.Activated) == 0)
            return new("Disabled", ToeReasons.CapabilityDisabled.With($"sysctl toe.{device.Name}_tom.{TomSettings.Activated}=1 switches it on"));
        if (device.HasPolicy == false && reading.Setting(TomSettings.PolicyManaged) == 1)
        {
            return new("Disabled", ToeReasons.CapabilityDisabled.With(
                $"toe.{device.Name}_tom.{TomSettings.PolicyManaged} is 1 and no policy is loaded: load one with cop and cxgbtool"));
        }

        if (reading.Policy is not null && !control.TakesActive && !control.TakesPassive)
            return new("Disabled", ToeReasons.CapabilityDisabled.With($"the policy that is loaded on {device.Name} offloads nothing: load one that does"));
        return Active;
    }
}
