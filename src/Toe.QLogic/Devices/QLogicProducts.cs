using System.Collections.Frozen;

namespace Toe.QLogic.Devices;

/// <summary>
/// The PCI ids of all families. Sources: Linux include/linux/pci_ids.h, drivers/net/ethernet/qlogic/{netxen,qlcnic,qlge,qed,qede}, drivers/net/ethernet/broadcom/{bnx2.c,bnx2x/bnx2x_main.c};
/// Marvell FastLinQ 8.70.12.0 (its two later ids); rdma-core providers/qedr/qelr_main.c (0x1629).
/// </summary>
internal static class QLogicProducts
{
    /// <summary>NetXen's own vendor id.</summary>
    public const ushort NetXen = 0x4040;

    /// <summary>QLogic's.</summary>
    public const ushort QLogic = 0x1077;

    /// <summary>Broadcom's, under which NetXtreme II was sold first.</summary>
    public const ushort Broadcom = 0x14e4;

    private static readonly FrozenDictionary<(ushort Vendor, ushort Device), QLogicProduct> Known = Table().ToFrozenDictionary();

    /// <summary>The vendor ids under which there are any.</summary>
    public static IReadOnlyList<ushort> Vendors { get; } = [NetXen, QLogic, Broadcom];

    /// <summary>Finds a product.</summary>
    /// <param name="vendor">The PCI vendor id.</param>
    /// <param name="device">The PCI device id.</param>
    /// <param name="driver">The driver that is bound, which names the family of an id that came later; null without one.</param>
    /// <returns>The product; null when neither the id nor the driver is one of these families'.</returns>
    public static QLogicProduct? Find(ushort vendor, ushort device, string? driver)
    {
        if (Known.TryGetValue((vendor, device), out var known))
            return known;
        if (!Vendors.Contains(vendor))
            return null;
        return driver switch
        {
            "qede" => new QLogicProduct(QLogicFamily.FastLinQ41000, FormattableString.Invariant($"FastLinQ {device:x4}")),
            "qlcnic" => new QLogicProduct(QLogicFamily.Qle8200, FormattableString.Invariant($"QLE8xxx {device:x4}")),
            "bnx2x" => new QLogicProduct(QLogicFamily.NetXtreme2Ten, FormattableString.Invariant($"NetXtreme II {device:x4}")),
            "bnx2" => new QLogicProduct(QLogicFamily.NetXtreme2, FormattableString.Invariant($"NetXtreme II {device:x4}")),
            "netxen_nic" => new QLogicProduct(QLogicFamily.NetXen, FormattableString.Invariant($"NetXen {device:x4}")),
            _ => null,
        };
    }

    private static Dictionary<(ushort Vendor, ushort Device), QLogicProduct> Table()
    {
        var table = new Dictionary<(ushort Vendor, ushort Device), QLogicProduct>();
        AddNetXen(table);
        AddQle(table);
        AddNetXtreme(table);
        AddFastLinQ(table);
        return table;
    }

    private static void AddNetXen(Dictionary<(ushort Vendor, ushort Device), QLogicProduct> table)
    {
        Add(table, NetXen, QLogicFamily.NetXen, (0x0001, "NX2031 10GbE XFP"), (0x0002, "NX2031 10GbE CX4"), (0x0003, "NX2031 4x1GbE"), (0x0004, "NX2031 mezzanine (IBM)"),
            (0x0005, "NX2031 mezzanine (HP)"), (0x0100, "NX3031"));
        Add(table, NetXen, QLogicFamily.NetXen, QLogicFunction.Management, (0x0024, "NX2031 management"), (0x0025, "NX2031 management"));
    }

    private static void AddQle(Dictionary<(ushort Vendor, ushort Device), QLogicProduct> table)
    {
        Add(table, QLogic, QLogicFamily.Qle8100, (0x8012, "QLE8100"), (0x8000, "QLE8100"));
        Add(table, QLogic, QLogicFamily.Qle8100, QLogicFunction.Fcoe, (0x8001, "QLE8100 FCoE"));
        Add(table, QLogic, QLogicFamily.Qle8200, (0x8020, "QLE8240"), (0x8030, "QLE8340"), (0x8040, "QLE8440"));
        Add(table, QLogic, QLogicFamily.Qle8200, QLogicFunction.Virtual, (0x8430, "QLE8340 VF"), (0x8440, "QLE8440 VF"));
    }

    private static void AddNetXtreme(Dictionary<(ushort Vendor, ushort Device), QLogicProduct> table)
    {
        Add(table, Broadcom, QLogicFamily.NetXtreme2, (0x164a, "BCM5706"), (0x16aa, "BCM5706S"), (0x164c, "BCM5708"), (0x16ac, "BCM5708S"), (0x1639, "BCM5709"), (0x163a, "BCM5709S"));
        Add(table, Broadcom, QLogicFamily.NetXtreme2Ten, (0x164e, "BCM57710"), (0x164f, "BCM57711"), (0x1650, "BCM57711E"), (0x1662, "BCM57712"), (0x1663, "BCM57712 MF"), (0x168a, "BCM57800"),
            (0x16a5, "BCM57800 MF"), (0x168e, "BCM57810"), (0x16ae, "BCM57810 MF"), (0x163d, "BCM57811"), (0x163e, "BCM57811 MF"), (0x168d, "BCM57840"), (0x16ab, "BCM57840 MF"),
            (0x16a1, "BCM57840 4x10"), (0x16a2, "BCM57840 2x20"), (0x16a4, "BCM57840 MF"));
        Add(table, Broadcom, QLogicFamily.NetXtreme2Ten, QLogicFunction.Virtual, (0x166f, "BCM57712 VF"), (0x16a9, "BCM57800 VF"), (0x16af, "BCM57810 VF"), (0x163f, "BCM57811 VF"), (0x16ad, "BCM57840 VF"));
        Add(table, QLogic, QLogicFamily.NetXtreme2Ten, (0x16a1, "QL57840 4x10"), (0x16a4, "QL57840 MF"));
        Add(table, QLogic, QLogicFamily.NetXtreme2Ten, QLogicFunction.Virtual, (0x16ad, "QL57840 VF"));
    }

    private static void AddFastLinQ(Dictionary<(ushort Vendor, ushort Device), QLogicProduct> table)
    {
        Add(table, QLogic, QLogicFamily.FastLinQ45000, (0x1634, "QL45000 40G"), (0x1666, "QL45000 10G"), (0x1636, "QL45000 MF"), (0x1654, "QL45000 50G"), (0x1656, "QL45000 25G"),
            (0x1629, "QL45000"));
        table.Add((QLogic, 0x1644), new QLogicProduct(QLogicFamily.FastLinQ45000, "QL45000 100G") { HasTwoEngines = true });
        Add(table, QLogic, QLogicFamily.FastLinQ45000, QLogicFunction.Virtual, (0x1664, "QL45000 VF"));
        Add(table, QLogic, QLogicFamily.FastLinQ45000, QLogicFunction.Iscsi, (0x165e, "QL45000 iSCSI"));
        Add(table, QLogic, QLogicFamily.FastLinQ45000, QLogicFunction.Fcoe, (0x165c, "QL45000 FCoE"));
        Add(table, QLogic, QLogicFamily.FastLinQ41000, (0x8070, "QL41000"), (0x80d0, "QL41000 (AH_T_MCM)"), (0x8170, "QL41000 (AHP)"));
        Add(table, QLogic, QLogicFamily.FastLinQ41000, QLogicFunction.Virtual, (0x8090, "QL41000 VF"), (0x8190, "QL41000 (AHP) VF"));
        Add(table, QLogic, QLogicFamily.FastLinQ41000, QLogicFunction.Iscsi, (0x8084, "QL41000 iSCSI"));
        Add(table, QLogic, QLogicFamily.FastLinQ41000, QLogicFunction.Fcoe, (0x8080, "QL41000 FCoE"));
    }

    private static void Add(Dictionary<(ushort Vendor, ushort Device), QLogicProduct> table, ushort vendor, QLogicFamily family, params (ushort Device, string Name)[] products) =>
        Add(table, vendor, family, QLogicFunction.Ethernet, products);

    private static void Add(
        Dictionary<(ushort Vendor, ushort Device), QLogicProduct> table, ushort vendor, QLogicFamily family, QLogicFunction function, params (ushort Device, string Name)[] products)
    {
        foreach (var (device, name) in products)
            table.Add((vendor, device), new QLogicProduct(family, name, function));
    }
}
