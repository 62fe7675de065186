
namespace Toe.Chelsio.Tests.Images;

/// <summary>Every rung of the ladder, each with its own reason, on the sample images.</summary>
public sealed class LadderTests
{
    [Theory]
    [InlineData("t6-active-policy", "T62100-CR", "ToeActive", "None", "Ok")]
    [InlineData("t6-active", "T62100-CR", "ToeActive", "None", "Ok")]
    [InlineData("t6-memfree", "T6225-SO-CR", "ToeActive", "None", "Ok")]
    [InlineData("vfs", "T62100-CR", "ToeActive", "None", "Ok")]
    [InlineData("t5-inbox", "T520-CR", "NicOnly", "Environment.Driver", "Warn")]
    [InlineData("t6-after-kernel-update", "T62100-CR", "NicOnly", "Environment.Driver", "Warn")]
    [InlineData("t6-so", "T62100-SO-CR", "NicOnly", "Capability.Hardware", "Ok")]
    [InlineData("t6-fw-unreadable", "T62100-CR", "ToeActive", "None", "Refuse")]
    [InlineData("dying", "T62100-CR", "ToeActive", "None", "Ok")]
    public async Task EachImage_StandsOnItsRung(string image, string model, string rung, string reason, string verdict)
    {
        await using var bench = await ImageBench.StartAsync(image);

        var card = Assert.Single(bench.Stack.Adapters);
        Assert.Empty(bench.Stack.NotTaken);
        Assert.Equal(("chelsio", model, EvidenceLevel.E1), (card.Identity.Provider, card.Identity.Model, card.Identity.Evidence));
        Assert.Equal((AdapterHealth.Healthy, rung, reason), (card.Status.Health, card.Status.Rung, card.Status.Reason.Name));
        Assert.Equal(verdict, bench.Stack.GetFirmwareAssessment(card.Identity.Id)?.Verdict.ToString());
        Assert.Equal(["eth2", "eth3"], card.Identity.Interfaces);
    }

    [Fact]
    public async Task TwoCards_AreTwoAdapters_EachOnItsRung()
    {
        await using var bench = await ImageBench.StartAsync("two-cards");
        Assert.Equal(
            [("chelsio:0000:04:00.4", "ToeActive", "None"), ("chelsio:0000:05:00.4", "NotAttached", "Environment.Driver")],
            bench.Stack.Adapters.Select(card => (card.Identity.Id, card.Status.Rung, card.Status.Reason.Name)));
    }

    [Fact]
    public async Task EnvironmentDriver_says_what_to_install_load_or_build()
    {
        await using var inbox = await ImageBench.StartAsync("t5-inbox");
        Assert.Contains("install Chelsio Unified Wire", inbox.Card.Status.Reason.Text, StringComparison.Ordinal);
        await using var updated = await ImageBench.StartAsync("t6-after-kernel-update");
        Assert.Contains("built for 5.4.105, not for this kernel (6.12.0)", updated.Card.Status.Reason.Text, StringComparison.Ordinal);
        await using var both = await ImageBench.StartAsync("two-cards");
        Assert.Contains("modprobe t4_tom", both.Stack.Adapters.Last().Status.Reason.Text, StringComparison.Ordinal);
        await using var stack = ImageCopy.Of("t5-inbox");
        stack.Link("/sys/devices/pci0000:00/0000:00:02.0/0000:05:00.4/driver", "../../../../bus/pci/drivers/vfio-pci");
        await using var bound = await ImageBench.StartAsync(stack.Open());
        Assert.Equal(("Unsupported", "Environment.Driver"), (bound.Card.Status.Rung, bound.Card.Status.Reason.Name));
        Assert.Contains("vfio-pci", bound.Card.Status.Reason.Text, StringComparison.Ordinal);

        var trace = inbox.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard));
        Assert.True(trace.Candidates.Single().Reason.Is(ToeReasons.EnvironmentDriver));
    }

    [Fact]
    public async Task CapabilityHardware_of_products_without_an_engine_and_of_a_guests_virtual_function()
    {
        await using var bench = await ImageBench.StartAsync("t6-so");
        Assert.True(bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).Reason.Is(ToeReasons.CapabilityHardware));

        await using var guest = ImageCopy.Of("t5-inbox");
        guest.File("/sys/devices/pci0000:00/0000:00:02.0/0000:05:00.4/device", "0x5801");
        await using var machine = await ImageBench.StartAsync(guest.Open());
        Assert.Empty(machine.Stack.Adapters);
        Assert.True(Assert.Single(machine.Stack.NotTaken).Reason.Is(ToeReasons.CapabilityHardware));

        await using var old = ImageCopy.Of("t5-inbox");
        old.File("/sys/devices/pci0000:00/0000:00:02.0/0000:05:00.4/device", "0x0031");
        await using var museum = await ImageBench.StartAsync(old.Open());
        Assert.Empty(museum.Stack.Adapters);
        Assert.Contains("T3B20", Assert.Single(museum.Stack.NotTaken).Device, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("activated", "0", "activated=1")]
    [InlineData("cop_managed_offloading", "1", "no policy is loaded")]
    public async Task CapabilityDisabled_by_a_switch_names_it(string setting, string value, string words)
    {
        await using var copy = ImageCopy.Of("t6-active");
        copy.File($"/proc/sys/toe/toe0_tom/{setting}", value);
        await using var bench = await ImageBench.StartAsync(copy.Open());
        Assert.Equal(("Disabled", "Capability.Disabled"), (bench.Card.Status.Rung, bench.Card.Status.Reason.Name));
        Assert.Contains(words, bench.Card.Status.Reason.Text, StringComparison.Ordinal);
        Assert.True(bench.Card.Status.Capabilities.CanKeepOff); // Nothing is offloaded: host placements are certain.
    }

    [Fact]
    public async Task FutureDevices_AreTakenByTheRule()
    {
        await using var copy = ImageCopy.Of("t6-active-policy");
        copy.File("/sys/devices/pci0000:00/0000:00:02.0/0000:04:00.4/device", "0x8455");
        await using var bench = await ImageBench.StartAsync(copy.Open());
        Assert.Equal(("T8 (0x8455)", "ToeActive"), (bench.Card.Identity.Model, bench.Card.Status.Rung));
        Assert.True(bench.Stack.GetFirmwareAssessment(bench.Card.Identity.Id)!.Reason.Is(ToeReasons.VersionFirmwareUnknown));
    }

    [Fact]
    public async Task Hostile_EveryReadingIsAnAnswer()
    {
        var image = ImageBench.Open("hostile");
        await using var bench = await ImageBench.StartAsync(image);
        for (var reading = 0; reading < 10; reading++)
        {
            await bench.Stack.RefreshAsync(TestContext.Current.CancellationToken);
            var status = bench.Card.Status;
            Assert.Contains(status.Rung, (string[])["ToeActive", "NicOnly"]);
            Assert.All(status.Budgets, budget => Assert.True(budget.Used >= 0 && budget.Limit >= 0));
            bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard));
            bench.Stack.Explain(new ToeListenRequest(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 80)));
        }
    }

    [Fact]
    public async Task AMachineWithoutCards_HasNone_AndSaysNothing()
    {
        await using var empty = ImageCopy.Empty();
        var thrown = 0;
        var logged = new SilentHost();
        await using var provider = new ChelsioProvider(new ChelsioOptions(), empty.Open());
        void Count(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs arguments)
        {
            if (arguments.Exception.StackTrace?.Contains("Toe.Chelsio.Chelsio", StringComparison.Ordinal) == true)
                Interlocked.Increment(ref thrown);
        }

        AppDomain.CurrentDomain.FirstChanceException += Count;
        var discovery = await provider.DiscoverAsync(logged, TestContext.Current.CancellationToken);
        AppDomain.CurrentDomain.FirstChanceException -= Count;
        Assert.Equal((0, 0, 0), (discovery.Adapters.Count, discovery.NotTaken.Count, thrown));
        Assert.Equal(0, logged.Entries);

        await using var bench = await ImageBench.StartAsync(empty.Open());
        Assert.Empty(bench.Stack.Adapters);
        Assert.Empty(bench.Stack.NotTaken);
        Assert.True(bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).Reason.Is(ToeReasons.EnvironmentNoAdapter));
    }
}
