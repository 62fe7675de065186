namespace Toe.QLogic.Tests.Images;

/// <summary>Every family on its rung, with the reason why its connections are on the host stack.</summary>
public sealed class LadderTests
{
    private const string Function = "0000:3b:00.0";

    [Theory]
    [InlineData("ql-iwarp", "0000:3b:00.0", "QL41000", "Rdma", "ToeActive", "None")]
    [InlineData("ql-iwarp", "0000:3b:00.1", "QL41000", "Rdma", "Disabled", "Capability.Disabled")]
    [InlineData("ql-bad", "0000:3b:00.0", "QL41000", "Rdma", "ToeActive", "None")]
    [InlineData("ql-cut", "0000:3b:00.0", "QL41000", "Rdma", "ToeActive", "None")]
    [InlineData("ql-cut", "0000:5e:00.0", "QL41000", "Rdma", "Disabled", "Capability.Disabled")]
    [InlineData("ql-old", "0000:3b:00.0", "QL45000 25G", "Rdma", "NotAttached", "Environment.Driver")]
    [InlineData("ql-netxtreme", "0000:04:00.0", "BCM57810", "EstablishedState", "NicOnly", "Capability.Hardware")]
    [InlineData("ql-netxtreme", "0000:05:00.0", "BCM5709", "EstablishedState", "NicOnly", "Capability.Hardware")]
    [InlineData("ql-netxtreme", "0000:06:00.0", "QL57840 4x10", "EstablishedState", "NicOnly", "Capability.Hardware")]
    [InlineData("ql-netxen", "0000:04:00.0", "NX3031", "KernelManaged", "NicOnly", "Capability.Hardware")]
    [InlineData("ql-netxen", "0000:05:00.0", "NX2031 10GbE XFP", "KernelManaged", "Unsupported", "Capability.Hardware")]
    [InlineData("ql-qle", "0000:04:00.0", "QLE8240", "KernelManaged", "NicOnly", "Capability.Hardware")]
    [InlineData("ql-qle", "0000:06:00.0", "QLE8100", "KernelManaged", "Unsupported", "Capability.Hardware")]
    public async Task EachFunction_StandsOnItsRung(string image, string address, string product, string model, string rung, string reason)
    {
        await using var bench = await ImageBench.StartAsync(image);
        var adapter = bench.Adapter(address);
        Assert.Equal(("qlogic", product, EvidenceLevel.E1, $"PCI {address}"), (adapter.Identity.Provider, adapter.Identity.Model, adapter.Identity.Evidence, adapter.Identity.Location));
        Assert.Equal((model, AddressModel.SharedWithHost, true), (adapter.Status.Capabilities.Model.ToString(), adapter.Status.Capabilities.Addresses, adapter.Status.Capabilities.CanKeepOff));
        Assert.Equal((AdapterHealth.Healthy, rung, reason), (adapter.Status.Health, adapter.Status.Rung, adapter.Status.Reason.Name));
    }

    [Theory]
    [InlineData("ql-netxtreme", "0000:04:00.0", "Windows", "1,880")]
    [InlineData("ql-netxtreme", "0000:05:00.0", "Windows", "1,024")]
    [InlineData("ql-netxen", "0000:04:00.0", "nx_lsa", "old kernels")]
    [InlineData("ql-qle", "0000:04:00.0", "stateless", "every operating system")]
    [InlineData("ql-iwarp", "0000:3b:00.1", "qedr1 speaks RoCE", "UEFI")]
    [InlineData("ql-cut", "0000:5e:00.0", "qedr is loaded and has no device", "update it")]
    [InlineData("ql-old", "0000:3b:00.0", "qedr is not loaded", "modprobe qedr")]
    public async Task TheReason_SaysWhereItDidOffload_OrWhatToDo(string image, string address, string one, string other)
    {
        await using var bench = await ImageBench.StartAsync(image);
        var text = bench.Adapter(address).Status.Reason.Text;
        Assert.Contains(one, text, StringComparison.Ordinal);
        Assert.Contains(other, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4: RNIC", null, true, "ToeActive", null)]
    [InlineData("4: RNIC", "FastLinQ QL8070 RoCE", true, "ToeActive", null)] // the node type comes first
    [InlineData("1: CA", "FastLinQ QL8070 iWARP", true, "Disabled", "Capability.Disabled")]
    [InlineData(null, "FastLinQ QL8070 iWARP", true, "ToeActive", null)] // and the product second
    [InlineData(null, "FastLinQ QL8070 RoCE", true, "Disabled", "Capability.Disabled")]
    [InlineData(null, "HCA_TYPE_TO_SET", true, "Unsupported", "Environment.Driver")]
    [InlineData(null, null, true, "Unsupported", "Environment.Driver")]
    [InlineData("2: switch", "FastLinQ QL8070 iWARP", true, "Unsupported", "Environment.Driver")]
    [InlineData("4: RNIC", null, false, "NotAttached", "Environment.Driver")] // no uverbs node
    public async Task TheKernelDecides_NeverTheDescription(string? nodeType, string? type, bool usable, string rung, string? reason)
    {
        await using var machine = new Machine().Function(Function, 0x1077, 0x8070, "qede", "mfw 8.55.22.0", "[storm 8.59.1.0]").Rdma(Function, "qedr0", nodeType, type, usable: usable);
        await using var bench = await ImageBench.StartAsync(machine.Open());
        var status = bench.Adapter(Function).Status;
        Assert.Equal((rung, reason ?? "None", AdapterHealth.Healthy), (status.Rung, status.Reason.Name, status.Health));
    }

    [Theory]
    [InlineData(null, "no driver is bound")]
    [InlineData("vfio-pci", "vfio-pci is bound")]
    public async Task AnotherDriver_IsNamed_WithTheOneThatIsNeeded(string? driver, string words)
    {
        await using var machine = new Machine().Function(Function, 0x1077, 0x8070, driver);
        await using var bench = await ImageBench.StartAsync(machine.Open());
        var status = bench.Adapter(Function).Status;
        Assert.Equal(("Unsupported", "Environment.Driver", AdapterHealth.Healthy), (status.Rung, status.Reason.Name, status.Health));
        Assert.Contains(words, status.Reason.Text, StringComparison.Ordinal);
        Assert.Contains("qede is needed", status.Reason.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x1644, true)]
    [InlineData(0x1656, false)]
    public async Task TwoEngines_NeedASwitchMore(int device, bool named)
    {
        await using var machine = new Machine().Function(Function, 0x1077, device, "qede", "mfw 8.55.22.0", "[storm 8.59.1.0]").Module("qedr");
        await using var bench = await ImageBench.StartAsync(machine.Open());
        Assert.Equal(named, bench.Adapter(Function).Status.Reason.Text!.Contains($"devlink dev param set pci/{Function} name iwarp_cmt value true cmode runtime", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OtherFunctionsOfACard_AreTheCards()
    {
        await using var bench = await ImageBench.StartAsync("ql-old"); // A virtual function, iSCSI and FCoE beside it.
        Assert.Equal(["qlogic:0000:3b:00.0"], bench.Ids);
        Assert.Empty(bench.Stack.NotTaken);
    }

    [Fact]
    public async Task OtherFunctionsWithoutACard_AreNotTaken()
    {
        await using var machine = new Machine()
            .Function("0000:00:05.0", 0x1077, 0x8090, "qede") // A guest's.
            .Function("0000:07:00.0", 0x1077, 0x8084, "qedi")
            .Function("0000:08:00.0", 0x1077, 0x8001, null)
            .Function("0000:09:00.0", 0x4040, 0x0024, null)
            .Function("0000:0a:00.0", 0x1077, 0x2532, "qla2xxx") // Not of these families.
            .Function("0000:0b:00.0", 0x14e4, 0x1657, "tg3");
        await using var bench = await ImageBench.StartAsync(machine.Open());
        Assert.Empty(bench.Stack.Adapters);
        Assert.Equal(
            ["0000:00:05.0 QL41000 VF", "0000:07:00.0 QL41000 iSCSI", "0000:08:00.0 QLE8100 FCoE", "0000:09:00.0 NX2031 management"],
            bench.Stack.NotTaken.Select(static one => one.Device));
        Assert.All(bench.Stack.NotTaken, static one => Assert.True(one.Reason.Is(ToeReasons.CapabilityHardware)));
    }

    [Fact]
    public async Task AMachineWithoutThem_HasNone_AndSaysNothing()
    {
        await using var machine = new Machine();
        await using var bench = await ImageBench.StartAsync(machine.Open());
        Assert.Empty(bench.Stack.Adapters);
        Assert.Empty(bench.Stack.NotTaken);
        Assert.True(bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnLink)).Reason.Is(ToeReasons.EnvironmentNoAdapter));
    }

    [Fact]
    public async Task NetXensOwnModule_MayTakeAnySocket_SoNoHostPlacementIsCertain()
    {
        await using var machine = new Machine().Function("0000:04:00.0", 0x4040, 0x0100, "nx_nic", "4.0.593").Module("nx_lsa");
        await using var bench = await ImageBench.StartAsync(machine.Open());
        Assert.False(bench.Adapter("0000:04:00.0").Status.Capabilities.CanKeepOff);
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => bench.Stack.ConnectAsync(
            new ToeConnectRequest(ImageBench.OnLink) { Mode = ToeMode.Forbid }, TestContext.Current.CancellationToken).AsTask());
        Assert.Contains("Environment.Uncontrolled", thrown.ToString(), StringComparison.Ordinal);
    }
}
