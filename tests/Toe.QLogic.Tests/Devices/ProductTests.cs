using Toe.QLogic.Devices;

namespace Toe.QLogic.Tests.Devices;

/// <summary>Every family by its PCI ids, as the drivers' tables have them.</summary>
public sealed class ProductTests
{
    [Theory]
    [InlineData(0x4040, 0x0001, QLogicFamily.NetXen, QLogicFunction.Ethernet)]
    [InlineData(0x4040, 0x0100, QLogicFamily.NetXen, QLogicFunction.Ethernet)]
    [InlineData(0x4040, 0x0024, QLogicFamily.NetXen, QLogicFunction.Management)]
    [InlineData(0x1077, 0x8000, QLogicFamily.Qle8100, QLogicFunction.Ethernet)]
    [InlineData(0x1077, 0x8001, QLogicFamily.Qle8100, QLogicFunction.Fcoe)]
    [InlineData(0x1077, 0x8020, QLogicFamily.Qle8200, QLogicFunction.Ethernet)]
    [InlineData(0x1077, 0x8440, QLogicFamily.Qle8200, QLogicFunction.Virtual)]
    [InlineData(0x14e4, 0x1639, QLogicFamily.NetXtreme2, QLogicFunction.Ethernet)]
    [InlineData(0x14e4, 0x168e, QLogicFamily.NetXtreme2Ten, QLogicFunction.Ethernet)]
    [InlineData(0x14e4, 0x16af, QLogicFamily.NetXtreme2Ten, QLogicFunction.Virtual)]
    [InlineData(0x1077, 0x16a1, QLogicFamily.NetXtreme2Ten, QLogicFunction.Ethernet)]
    [InlineData(0x1077, 0x1656, QLogicFamily.FastLinQ45000, QLogicFunction.Ethernet)]
    [InlineData(0x1077, 0x165e, QLogicFamily.FastLinQ45000, QLogicFunction.Iscsi)]
    [InlineData(0x1077, 0x8070, QLogicFamily.FastLinQ41000, QLogicFunction.Ethernet)]
    [InlineData(0x1077, 0x8090, QLogicFamily.FastLinQ41000, QLogicFunction.Virtual)]
    [InlineData(0x1077, 0x8080, QLogicFamily.FastLinQ41000, QLogicFunction.Fcoe)]
    internal void KnownIds_NameFamilyAndFunction(int vendor, int device, QLogicFamily family, QLogicFunction function)
    {
        var product = QLogicProducts.Find((ushort)vendor, (ushort)device, driver: null)!;
        Assert.Equal((family, function), (product.Family, product.Function));
    }

    [Theory]
    [InlineData("qede", QLogicFamily.FastLinQ41000)]
    [InlineData("qlcnic", QLogicFamily.Qle8200)]
    [InlineData("bnx2x", QLogicFamily.NetXtreme2Ten)]
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
