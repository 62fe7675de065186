namespace Toe.QLogic.Tests.Images;

/// <summary>An adapter that recovers is the same adapter afterwards, whatever its RDMA device is called then.</summary>
public sealed class RecoveryTests
{
    private const string Function = "0000:3b:00.0";
    private const string Id = "qlogic:0000:3b:00.0";

    [Fact]
    public async Task DeviceThatGoes_IsRemoved_ComesBackUnderAnotherNumber_AndIsTheSameAdapter()
    {
        await using var bench = await ImageBench.StartAsync("ql-iwarp");
        var adapter = bench.Adapter(Function);
        Assert.Equal(Id, bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnLink)).AdapterId);

        await bench.MoveToAsync("removed", () => adapter.Status.Health == AdapterHealth.Removed);
        Assert.Equal(("NotAttached", "Health.Removed"), (adapter.Status.Rung, adapter.Status.Reason.Name));
        Assert.Contains("qedr0 is gone: its firmware had a fatal error, and the driver recovers it", adapter.Status.Reason.Text, StringComparison.Ordinal);
        await ImageBench.UntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnLink)).AdapterId is null);

        await bench.MoveToAsync("returned", () => adapter.Status.Health == AdapterHealth.Healthy);
        Assert.Same(adapter, bench.Adapter(Function));
        Assert.Equal(("ToeActive", "None"), (adapter.Status.Rung, adapter.Status.Reason.Name));
        await ImageBench.UntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnLink)).AdapterId == Id); // Judged again first.

        await bench.MoveToAsync("gone", () => !bench.Ids.Contains(Id, StringComparer.Ordinal));
        Assert.Equal(["qlogic:0000:3b:00.1"], bench.Ids);
    }

    [Fact]
    public async Task TheOtherFunction_IsNotTouched()
    {
        await using var bench = await ImageBench.StartAsync("ql-iwarp");
        await bench.MoveToAsync("removed", () => bench.Adapter(Function).Status.Health == AdapterHealth.Removed);
        Assert.Equal((AdapterHealth.Healthy, "Disabled"), (bench.Adapter("0000:3b:00.1").Status.Health, bench.Adapter("0000:3b:00.1").Status.Rung));
    }

    [Fact]
    public async Task DeviceThatGoesWhileItsInterfaceIsWell_IsRemovedAllTheSame()
    {
        await using var machine = Iwarp().Gone("unloaded", "/sys/class/infiniband", "/sys/class/infiniband_verbs", "/sys/module/qedr");
        await using var bench = await ImageBench.StartAsync(machine.Open());
        var adapter = bench.Adapter(Function);
        await bench.MoveToAsync("unloaded", () => adapter.Status.Health == AdapterHealth.Removed);
        Assert.Contains("qedr0 is gone while its interface is well: qedr was unloaded", adapter.Status.Reason.Text, StringComparison.Ordinal);
        Assert.Same(adapter, bench.Adapter(Function));
    }

    [Fact]
    public async Task DeviceThatIsBeingTakenAway_LosesItsUserNodeFirst_AndIsRemovedThen()
    {
        await using var machine = Iwarp().Gone("leaving", "/sys/class/infiniband_verbs");
        await using var bench = await ImageBench.StartAsync(machine.Open());
        var adapter = bench.Adapter(Function);
        await bench.MoveToAsync("leaving", () => adapter.Status.Health == AdapterHealth.Removed);
        Assert.Contains("qedr0 cannot be opened by programs", adapter.Status.Reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DetachedInterface_Recovers()
    {
        await using var machine = Iwarp().Detached();
        await using var bench = await ImageBench.StartAsync(machine.Open());
        var status = bench.Adapter(Function).Status;
        Assert.Equal((AdapterHealth.Recovering, "Health.Recovering"), (status.Health, status.Reason.Name));
    }

    [Fact]
    public async Task FatalErrorThatStays_IsAFailure_WithTheCommandThatRecovers()
    {
        await using var machine = Iwarp().FatalErrors(Function, isHealthy: false);
        await using var bench = await ImageBench.StartAsync(machine.Open());
        var status = bench.Adapter(Function).Status;
        Assert.Equal((AdapterHealth.Failed, "Health.Failed"), (status.Health, status.Reason.Name));
        Assert.Contains($"devlink health recover pci/{Function} reporter fw_fatal", status.Reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReporterWithoutAnError_IsNoFailure()
    {
        await using var machine = Iwarp().FatalErrors(Function, isHealthy: true);
        await using var bench = await ImageBench.StartAsync(machine.Open());
        Assert.Equal(AdapterHealth.Healthy, bench.Adapter(Function).Status.Health);
    }

    [Theory]
    [InlineData(0x8070, "qede", "mfw 8.55.22.0")]
    [InlineData(0x16a1, "bnx2x", "bc 7.13.75")]
    public async Task WithoutACarrier_ItIsDegraded(int device, string driver, string firmware)
    {
        await using var machine = new Machine().Function(Function, 0x1077, device, driver, firmware, carrier: false).Rdma(Function, "qedr0", "4: RNIC", null);
        await using var bench = await ImageBench.StartAsync(machine.Open());
        Assert.Equal(AdapterHealth.Degraded, bench.Adapter(Function).Status.Health);
    }

    [Fact]
    public async Task FunctionWhoseInterfaceIsElsewhere_IsDegraded()
    {
        await using var machine = new Machine().Function(Function, 0x1077, 0x8070, "qede");
        await using var bench = await ImageBench.StartAsync(machine.Open());
        Assert.Equal((AdapterHealth.Degraded, "NotAttached"), (bench.Adapter(Function).Status.Health, bench.Adapter(Function).Status.Rung));
    }

    private static Machine Iwarp() => new Machine().Function(Function, 0x1077, 0x8070, "qede", "mfw 8.55.22.0", "[storm 8.59.1.0]").Rdma(Function, "qedr0", "4: RNIC", "FastLinQ QL8070 iWARP");
}
