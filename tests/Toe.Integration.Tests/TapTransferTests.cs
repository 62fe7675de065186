using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>The engine over a TAP link against the Linux kernel's own TCP.</summary>
[SupportedOSPlatform("linux")]
public sealed class TapTransferTests
{
    private const int Size = 100 * 1024 * 1024;
    private const string Faults = ",loss=0.01,reordering=0.01,duplication=0.01,seed=7";

    [Theory]
    [InlineData("")]
    [InlineData(Faults)]
    public async Task KernelClient_FetchesAFileFromTheEngine(string faults)
    {
        await using var bench = await TapBench.CreateAsync();
        var expected = await bench.MakeFileAsync("file", Size);
        var (server, endpoint) = await bench.ListenAsync([], "--serve", bench.Folder, "--adapter", TapBench.Adapter(faults), "--mode", "require");
        await using var owned = server;
        var answer = await bench.ShellAsync($"curl --silent --show-error --fail --max-time 50 http://{endpoint}/file | sha256sum");
        Assert.Equal(expected, answer.Good().Output.Split(' ')[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Faults)]
    public async Task Engine_FetchesAFileFromTheKernel(string faults)
    {
        await using var bench = await TapBench.CreateAsync();
        var expected = await bench.MakeFileAsync("file", Size);
        await using var server = bench.Network.Start(
            "python3", "-u", "-m", "http.server", "0", "--bind", TapBench.KernelAddress, "--directory", bench.Folder);
        await server.WaitForAsync("port ");
        var port = server.Output.Split("port ")[1].Split(' ')[0];
        var tool = string.Join(' ', TapBench.Toe("connect", $"{TapBench.KernelAddress}:{port}", "--adapter", TapBench.Adapter(faults), "--mode", "require"));
        var answer = await bench.ShellAsync($"printf 'GET /file HTTP/1.0\\r\\n\\r\\n' | {tool} | LC_ALL=C sed '1,/^\\r$/d' | sha256sum");
        Assert.Equal(expected, answer.Good().Output.Split(' ')[0]);
        Assert.Contains("emulated:tap-toe0 (FullConnection, Confirmed)", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TapLink_WorksForAnotherUserWithoutAnyCapability()
    {
        const int Nobody = 65534;
        await using var bench = await TapBench.CreateAsync(owner: Nobody);
        Needs.Tool("setpriv");
        Needs.Tool("unshare");
        var expected = await bench.MakeFileAsync("file", 1024 * 1024);
        File.SetUnixFileMode(bench.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        // Distributions give /dev/net/tun to everybody; a private /dev/net does the same here without touching the machine's.
        var prepare = "mount -t tmpfs none /dev/net && mknod -m 666 /dev/net/tun c 10 200"
            + $" && exec setpriv --reuid {Nobody} --regid {Nobody} --clear-groups --bounding-set -all --inh-caps -all --ambient-caps -all --no-new-privs"
            + " env HOME=/tmp DOTNET_CLI_HOME=/tmp \"$@\"";
        var (server, endpoint) = await bench.ListenAsync(
            ["unshare", "--mount", "bash", "-c", prepare, "unprivileged"], "--serve", bench.Folder, "--adapter", TapBench.Adapter(), "--mode", "require");
        await using var owned = server;
        Assert.Contains("CapBnd:\t0000000000000000", await File.ReadAllTextAsync($"/proc/{server.Id}/status", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var answer = await bench.ShellAsync($"curl --silent --show-error --fail --max-time 20 http://{endpoint}/file | sha256sum");
        Assert.Equal(expected, answer.Good().Output.Split(' ')[0]);
    }
}
