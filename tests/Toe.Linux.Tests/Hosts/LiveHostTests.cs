using System.Runtime.Versioning;
using System.Text;
using Toe.Testing;

namespace Toe.Linux.Tests.Hosts;

/// <summary>The machine that the tests run on, and namespaces of their own.</summary>
[SupportedOSPlatform("linux")]
public sealed class LiveHostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Files_AreRead_AndWhatCannotBeIsAnAnswer()
    {
        Needs.Linux();
        using var host = new LiveHost();
        Assert.StartsWith("Linux", Encoding.UTF8.GetString(host.ReadFile("/proc/version").Value!), StringComparison.Ordinal);
        Assert.Equal("ENOENT", Error(host.ReadFile("/proc/no such file")));
        Assert.Equal("EISDIR", Error(host.ReadFile("/proc")));
        Assert.Equal("EFBIG", Error(host.ReadFile("/proc/version", 5)));
        Assert.Equal("ENOENT", Error(host.ReadFile("relative")));
        Assert.Equal("ENAMETOOLONG", Error(host.ReadFile("/" + new string('a', 5000))));
        Assert.Equal(host.ReadFile("/proc/version").Value!, host.ReadFile("/proc/version", host.ReadFile("/proc/version").Value!.Length).Value!);
        Assert.True(host.ReadFile("/proc/version", int.MaxValue).IsFound);
        Assert.Contains("version", host.List("/proc").Value!);
        Assert.Equal(("ENOENT", "ENOTDIR"), (Error(host.List("/nowhere")), Error(host.List("/proc/version"))));
        Assert.Equal("self/net", host.ReadLink("/proc/net").Value);
        Assert.Equal("EINVAL", Error(host.ReadLink("/proc/version")));
        Assert.False(host.IsReplayed);
    }

    [Fact]
    public async Task Tools_RunWithoutAShell_BoundedInTimeAndOutput()
    {
        Needs.Linux();
        using var host = new LiveHost();
        var echoed = await host.RunAsync(new ToolCommand("echo", "$HOME; `id`", "*"), Token);
        Assert.Equal("$HOME; `id` *\n", Encoding.UTF8.GetString(echoed.Value!.Output));
        var environment = await host.RunAsync(new ToolCommand("env"), Token);
        Assert.Equal(["LC_ALL=C", "PATH"], Encoding.UTF8.GetString(environment.Value!.Output).Trim().Split('\n').Select(line => line.StartsWith("PATH=", StringComparison.Ordinal) ? "PATH" : line).Order());
        var copied = await host.RunAsync(new ToolCommand("cat") { Input = "text"u8.ToArray() }, Token);
        Assert.Equal("text", Encoding.UTF8.GetString(copied.Value!.Output));
        Assert.Equal(1, (await host.RunAsync(new ToolCommand("false"), Token)).Value!.ExitCode);
        Assert.Equal("ETIMEDOUT", Error(await host.RunAsync(new ToolCommand("sleep", "100") { Deadline = TimeSpan.FromMilliseconds(50) }, Token)));
        var talkative = await host.RunAsync(new ToolCommand("dd", "if=/dev/zero", "of=/dev/stderr", "bs=1000", "count=1000", "status=none"), Token);
        Assert.True(talkative.IsFound, talkative.Reason);
        Assert.Equal((0, 64 * 1024), (talkative.Value.ExitCode, talkative.Value.Error.Length));
        Assert.Equal("EFBIG", Error(await host.RunAsync(new ToolCommand("yes") { Deadline = TimeSpan.FromSeconds(30) }, Token)));
        Assert.Equal("ENOENT", Error(await host.RunAsync(new ToolCommand("no-such-tool"), Token)));
        Assert.Equal("ENOENT", Error(await host.RunAsync(new ToolCommand("../bin/echo"), Token)));
        using var cancel = new CancellationTokenSource();
        var sleeping = host.RunAsync(new ToolCommand("sleep", "100"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping);
    }

    [Fact]
    public async Task DriversAndLinks_AreThoseOfTheNamespaceInWhichItWasMade()
    {
        Needs.Root();
        await using var here = await NetworkNamespace.CreateAsync();
        await using var there = await NetworkNamespace.CreateAsync();
        await here.AddVethAsync("va", there, "vb");
        using var host = await here.InsideAsync(static () => new LiveHost());

        Assert.Equal("veth", EthtoolDriver.Read(host, "va").Value!.Driver);
        Assert.Equal(("ENODEV", "ENODEV"), (Error(EthtoolDriver.Read(host, "vb")), Error(EthtoolDriver.Read(host, "not a name"))));
        Assert.Contains(LinkTable.Read(host).Value!, link => link.Name == "va");
        Assert.DoesNotContain(LinkTable.Read(host).Value!, link => link.Name == "vb");
        await here.AddAddressesAsync("va", "192.0.2.1/24");
        Assert.Contains(AddressTable.Read(host).Value!, address => address.Address.ToString() == "192.0.2.1");
    }

    [Fact]
    public async Task StringsLongerThanAskedFor_AreCut_NotWrittenBehindTheMemory()
    {
        Needs.Root();
        await using var here = await NetworkNamespace.CreateAsync();
        await using var there = await NetworkNamespace.CreateAsync();
        await here.AddVethAsync("va", there, "vb");
        using var host = await here.InsideAsync(static () => new LiveHost());
        // ETHTOOL_GSTRINGS of ETH_SS_FEATURES with room for one: some kernels write all of them.
        for (var i = 0; i < 1000; i++)
        {
            var answer = host.Ethtool("va", [0x1b, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, .. new byte[32]]);
            Assert.True(!answer.IsFound || answer.Value.Length == 44, answer.Reason);
        }

        GC.Collect(); // Walks the heap: an overwritten header ends the process.
    }

    [Fact]
    public void GenericFamilies_AreFoundByName()
    {
        Needs.Linux();
        using var host = new LiveHost();
        var control = host.Netlink(new NetlinkQuestion("nlctrl", 3, default) { IsDump = true }); // CTRL_CMD_GETFAMILY
        Assert.True(control.IsFound, control.Reason);
        Assert.NotEmpty(control.Value);
        Assert.Equal("ENOENT", Error(host.Netlink(new NetlinkQuestion("no such family", 1, default))));
        Assert.Equal("ENOENT", Error(host.Netlink(new NetlinkQuestion("a name that is much too long", 1, default))));
    }

    [Fact]
    public async Task Changes_AreHeard_UntilTheWatchEnds()
    {
        Needs.Root();
        await using var here = await NetworkNamespace.CreateAsync();
        await using var there = await NetworkNamespace.CreateAsync();
        using var host = await here.InsideAsync(static () => new LiveHost());
        var heard = new SemaphoreSlim(0);
        var watch = await here.InsideAsync(() => host.Watch(HostTopics.Links | HostTopics.Addresses | HostTopics.Neighbours | HostTopics.Routes, () => heard.Release()));
        await here.AddVethAsync("va", there, "vb");
        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(30), Token));
        watch.Dispose();
        while (heard.Wait(0, Token))
        {
        }

        await here.AddAddressesAsync("va", "192.0.2.1/24");
        Assert.Equal(0, heard.CurrentCount);
    }

    [Fact]
    public void AfterDisposal_EverythingIsStillAnAnswer()
    {
        Needs.Linux();
        var host = new LiveHost();
        host.Dispose();
        Assert.Equal("EBADF", Error(host.Netlink(new NetlinkQuestion("route", 18, default) { IsDump = true })));
        Assert.Equal("EBADF", Error(host.Ethtool("lo", [3, 0, 0, 0])));
    }

    private static string Error<T>(HostAnswer<T> answer)
        where T : class => answer.IsFound ? "none" : ErrorNumber.Name(answer.ErrorNumber);
}
