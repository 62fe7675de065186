using Toe.Linux;

namespace Toe.Chelsio.Adapters;

/// <summary>
/// The interfaces whose connections a card may take: its ports; VLANs on them, where the module was told so; bonds in the modes 0, 1, 2 and 4 whose members
/// are all ports of this card. Source: Unified Wire 3.14.0.3, docs/README.txt and toecore/offload.c.
/// </summary>
internal static class ServedInterfaces
{
    private const int Deepest = 4;

    public static Dictionary<int, NetworkDevice> Of(ILinuxHost host, IReadOnlyList<NetworkDevice> ports, bool offloadsVlans)
    {
        var names = ports.Select(static port => port.Name).ToHashSet(StringComparer.Ordinal);
        var served = new Dictionary<int, NetworkDevice>();
        var level = ports;
        for (var depth = 0; depth < Deepest && level.Count != 0; depth++)
        {
            var next = new List<NetworkDevice>();
            foreach (var device in level.Where(static device => device.Index > 0))
            {
                if (!served.TryAdd(device.Index, device))
                    continue;
                names.Add(device.Name);
                next.AddRange(device.Upper.Select(name => NetworkDevice.Read(host, name)).OfType<NetworkDevice>()
                    .Where(upper => (upper.IsVlan && offloadsVlans) || (IsOffloadedBond(upper) && upper.Lower.Count != 0 && upper.Lower.All(names.Contains))));
            }

            level = next;
        }

        return served;
    }

    /// <summary><c>bonding/mode</c> has the mode's name and number: <c>802.3ad 4</c>.</summary>
    private static bool IsOffloadedBond(NetworkDevice device) => device.BondMode?.Split(' ') is [.., "0" or "1" or "2" or "4"];
}
