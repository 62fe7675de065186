using CsCheck;
using Toe.Linux.Tests.Hosts;
using Toe.Testing;

namespace Toe.Linux.Tests.Infiniband;

/// <summary>RDMA devices in sysfs, as Linux Documentation/ABI/stable/sysfs-class-infiniband writes them, and as no kernel would.</summary>
public sealed class InfinibandDevicesTests
{
    private const string Device = "files/sys/class/infiniband/qedr0/";

    [Fact]
    public void SoftDevice_ComesGoesAndReturnsUnderAnotherName()
    {
        using var image = HostImage.Open(Repository.PathOf("samples", "images", "siw"));
        var device = Assert.Single(InfinibandDevices.Find(image));
        Assert.Equal(("siw0", true, true, null, null), (device.Name, device.IsIwarp, device.IsUsable, device.PciAddress, device.Driver));
        Assert.Equal(new InfinibandPort(1, IsActive: true, "eth2"), Assert.Single(device.Ports));
        image.MoveTo("removed");
        Assert.Empty(InfinibandDevices.Find(image));
        image.MoveTo("returned");
        Assert.Equal(("siw1", "eth2"), (InfinibandDevices.Find(image).Single().Name, InfinibandDevices.Find(image).Single().Interfaces.Single()));
    }

    [Fact]
    public void Card_NamesItsFunction_DriverAndFirmware()
    {
        using var image = HostImage.Open(Repository.PathOf("samples", "images", "t5-iwarp"));
        var device = Assert.Single(InfinibandDevices.Find(image));
        Assert.Equal(("0000:05:00.4", "cxgb4", "1.27.5.0", "T520-CR"), (device.PciAddress, device.Driver, device.Firmware, device.Type));
    }

    [Theory]
    [InlineData("4: RNIC", true)]
    [InlineData("1: CA", false)]
    [InlineData("4", true)]
    [InlineData("", false)]
    [InlineData("RNIC", false)]
    [InlineData("99999999999: RNIC", false)]
    public void NodeType_Decides_AndTheDescriptionNever(string type, bool isIwarp)
    {
        using var folder = new ImageFolder().Write(Device + "node_type", type).Write(Device + "node_desc", isIwarp ? "QLogic 579xx RoCE HCA" : "iWARP RNIC");
        using var image = folder.Open();
        Assert.Equal(isIwarp, InfinibandDevices.Find(image).Single().IsIwarp);
    }

    [Fact]
    public void OddFiles_AreReadAsFarAsTheyGo()
    {
        using var folder = new ImageFolder()
            .Write(Device + "node_type", "4: RNIC").Write(Device + "fw_ver", "8. 59. 1. 0\n")
            .Write(Device + "ports/1/state", "garbage").Write(Device + "ports/2/state", "1: DOWN").Write(Device + "ports/0/state", "4: ACTIVE").Write(Device + "ports/x/state", "4: ACTIVE")
            .Write(Device + "ports/999/state", "4: ACTIVE")
            .Write("files/sys/class/infiniband_verbs/uverbs0/ibdev", "another").Write("files/sys/class/infiniband_verbs/abi_version", "6");
        using var image = folder.Open();
        var device = InfinibandDevices.Find(image).Single();
        Assert.Equal(("8.59.1.0", false, null), (device.Firmware, device.IsUsable, device.PciAddress));
        Assert.Equal([new InfinibandPort(1, IsActive: false, null), new InfinibandPort(2, IsActive: false, null)], device.Ports);
        Assert.Empty(device.Interfaces);
    }

    [Fact]
    public void HostWithoutRdma_HasNone()
    {
        using var folder = new ImageFolder();
        using var image = folder.Open();
        Assert.Empty(InfinibandDevices.Find(image));
        Assert.Empty(InfinibandDevices.FindUsable(image));
    }

    [Fact]
    public void AnyContent_IsReadWithoutAnException() => Gen.Select(Gen.Char.Array[0, 40], Gen.Char.Array[0, 40], Gen.Char.Array[0, 40]).Sample(
        (node, firmware, state) =>
        {
            using var folder = new ImageFolder().Write(Device + "node_type", new string(node)).Write(Device + "fw_ver", new string(firmware)).Write(Device + "ports/1/state", new string(state));
            using var image = folder.Open();
            _ = InfinibandDevices.Find(image);
        },
        iter: 200);
}
