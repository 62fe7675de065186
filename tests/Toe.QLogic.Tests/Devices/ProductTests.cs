using Toe.QLogic.Devices;

namespace Toe.QLogic.Tests.Devices;

/// <summary>Every PCI id of every family, written from the drivers' tables (Linux pci_ids.h, netxen_nic, qlge, qlcnic, bnx2, bnx2x, qede, qedi, qedf; Marvell FastLinQ 8.70.12.0; rdma-core qedr) and not from the code.</summary>
public sealed class ProductTests
{
    public static TheoryData<int, int, string, string> Ids => new()
    {
        // NetXen P2 and P3
        { 0x4040, 0x0001, "NetXen", "Ethernet" }, { 0x4040, 0x0002, "NetXen", "Ethernet" }, { 0x4040, 0x0003, "NetXen", "Ethernet" }, { 0x4040, 0x0004, "NetXen", "Ethernet" },
        { 0x4040, 0x0005, "NetXen", "Ethernet" }, { 0x4040, 0x0024, "NetXen", "Management" }, { 0x4040, 0x0025, "NetXen", "Management" }, { 0x4040, 0x0100, "NetXen", "Ethernet" },
        // QLE81xx
        { 0x1077, 0x8012, "Qle8100", "Ethernet" }, { 0x1077, 0x8000, "Qle8100", "Ethernet" }, { 0x1077, 0x8001, "Qle8100", "Fcoe" },
        // QLE82xx, 83xx, 84xx
        { 0x1077, 0x8020, "Qle8200", "Ethernet" }, { 0x1077, 0x8030, "Qle8200", "Ethernet" }, { 0x1077, 0x8430, "Qle8200", "Virtual" }, { 0x1077, 0x8040, "Qle8200", "Ethernet" }, { 0x1077, 0x8440, "Qle8200", "Virtual" },
        // NetXtreme II under bnx2: 5706, 5708, 5709 with their serdes siblings
        { 0x14e4, 0x164a, "NetXtreme2", "Ethernet" }, { 0x14e4, 0x16aa, "NetXtreme2", "Ethernet" }, { 0x14e4, 0x164c, "NetXtreme2", "Ethernet" }, { 0x14e4, 0x16ac, "NetXtreme2", "Ethernet" },
        { 0x14e4, 0x1639, "NetXtreme2", "Ethernet" }, { 0x14e4, 0x163a, "NetXtreme2", "Ethernet" },
        // NetXtreme II under bnx2x: 57710, 57711, 57711E, 57712, 57800, 57810, 57811, 57840
        { 0x14e4, 0x164e, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x164f, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x1650, "NetXtreme2Ten", "Ethernet" },
        { 0x14e4, 0x1662, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x1663, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x166f, "NetXtreme2Ten", "Virtual" },
        { 0x14e4, 0x168a, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x16a5, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x16a9, "NetXtreme2Ten", "Virtual" },
        { 0x14e4, 0x168e, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x16ae, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x16af, "NetXtreme2Ten", "Virtual" },
        { 0x14e4, 0x163d, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x163e, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x163f, "NetXtreme2Ten", "Virtual" },
        { 0x14e4, 0x168d, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x16ab, "NetXtreme2Ten", "Ethernet" },
        { 0x14e4, 0x16a1, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x16a2, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x16a4, "NetXtreme2Ten", "Ethernet" }, { 0x14e4, 0x16ad, "NetXtreme2Ten", "Virtual" },
        // the same under QLogic's vendor id
        { 0x1077, 0x16a1, "NetXtreme2Ten", "Ethernet" }, { 0x1077, 0x16a4, "NetXtreme2Ten", "Ethernet" }, { 0x1077, 0x16ad, "NetXtreme2Ten", "Virtual" },
        // FastLinQ QL45000 (BB)
        { 0x1077, 0x1634, "FastLinQ45000", "Ethernet" }, { 0x1077, 0x1666, "FastLinQ45000", "Ethernet" }, { 0x1077, 0x1636, "FastLinQ45000", "Ethernet" }, { 0x1077, 0x1644, "FastLinQ45000", "Ethernet" },
        { 0x1077, 0x1654, "FastLinQ45000", "Ethernet" }, { 0x1077, 0x1656, "FastLinQ45000", "Ethernet" }, { 0x1077, 0x1629, "FastLinQ45000", "Ethernet" }, { 0x1077, 0x1664, "FastLinQ45000", "Virtual" },
        { 0x1077, 0x165e, "FastLinQ45000", "Iscsi" }, { 0x1077, 0x165c, "FastLinQ45000", "Fcoe" },
        // FastLinQ QL41000 (AH)
        { 0x1077, 0x8070, "FastLinQ41000", "Ethernet" }, { 0x1077, 0x8090, "FastLinQ41000", "Virtual" }, { 0x1077, 0x80d0, "FastLinQ41000", "Ethernet" },
        { 0x1077, 0x8170, "FastLinQ41000", "Ethernet" }, { 0x1077, 0x8190, "FastLinQ41000", "Virtual" }, { 0x1077, 0x8084, "FastLinQ41000", "Iscsi" }, { 0x1077, 0x8080, "FastLinQ41000", "Fcoe" },
    };

    [Theory]
    [MemberData(nameof(Ids))]
    public void EveryId_NamesFamilyAndFunction(int vendor, int device, string family, string function)
    {
        var product = QLogicProducts.Find((ushort)vendor, (ushort)device, driver: null)!;
        Assert.Equal((family, function), (product.Family.ToString(), product.Function.ToString()));
        Assert.NotEmpty(product.Name);
    }

    [Fact]
    public void NoOtherIdIsInTheTable()
    {
        var written = Ids.Select(static row => (row.Data.Item1, row.Data.Item2)).ToHashSet();
        var known = from vendor in QLogicProducts.Vendors
                    from device in Enumerable.Range(0, 0x10000)
                    where QLogicProducts.Find(vendor, (ushort)device, driver: null) is not null
                    select ((int)vendor, device);
        Assert.Equal(written.Order(), known.Order());
    }

    [Fact]
    public void OnlyTheAdapterOf100Gb_HasTwoEngines() =>
        Assert.Equal([0x1644], Ids.Where(static row => QLogicProducts.Find((ushort)row.Data.Item1, (ushort)row.Data.Item2, null)!.HasTwoEngines).Select(static row => row.Data.Item2));

    [Theory]
    [InlineData("qede", QLogicFamily.FastLinQ41000)]
    [InlineData("qlcnic", QLogicFamily.Qle8200)]
    [InlineData("bnx2x", QLogicFamily.NetXtreme2Ten)]
    [InlineData("bnx2", QLogicFamily.NetXtreme2)] // 5716: its ids are not in the table
    [InlineData("netxen_nic", QLogicFamily.NetXen)]
    internal void LaterIds_AreOfTheirDriversFamily(string driver, QLogicFamily family)
    {
        var product = QLogicProducts.Find(QLogicProducts.QLogic, 0x9999, driver)!;
        Assert.Equal((family, QLogicFunction.Ethernet), (product.Family, product.Function));
        Assert.Contains("9999", product.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x14e4, 0x1657, "tg3")] // another of Broadcom's
    [InlineData(0x1077, 0x2532, "qla2xxx")] // Fibre Channel
    [InlineData(0x8086, 0x1572, "qede")] // not theirs, whatever is bound
    public void OthersDevices_AreNone(int vendor, int device, string driver) => Assert.Null(QLogicProducts.Find((ushort)vendor, (ushort)device, driver));
}
