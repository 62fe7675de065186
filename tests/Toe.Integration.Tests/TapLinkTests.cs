using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>What happens to the TAP link below the card: both families, its loss and return, and who may have it.</summary>
[SupportedOSPlatform("linux")]
public sealed class TapLinkTests
{
    private const int Size = 8 * 1024 * 1024;

    [Fact]
    public async Task IPv6_BothWays()
    {
        await using var bench = await TapBench.CreateAsync();
        await bench.Network.IpAsync("address", "add", "fd77::1/64", "dev", TapBench.Device, "nodad");
        var expected = await bench.MakeFileAsync("file", Size);
        var adapter = $"emulated:tap={TapBench.Device},address={TapBench.EngineAddress}/24,address=fd77::2/64";
        var (server, endpoint) = await bench.ListenAsync("[fd77::2]:0", [], "--serve", bench.Folder, "--adapter", adapter, "--mode", "require");
        var answer = await bench.ShellAsync($"curl --silent --show-error --fail --max-time 50 http://{endpoint}/file | sha256sum");
        Assert.Equal(expected, answer.Good().Output.Split(' ')[0]);
        await server.DisposeAsync();

        await using var kernel = bench.Network.Start("python3", "-u", "-m", "http.server", "0", "--bind", "fd77::1", "--directory", bench.Folder);
        await kernel.WaitForAsync("port ");
        var port = kernel.Output.Split("port ")[1].Split(' ')[0];
        var tool = string.Join(' ', TapBench.Toe("connect", $"[fd77::1]:{port}", "--adapter", adapter, "--mode", "require"));
        var fetched = await bench.ShellAsync($"printf 'GET /file HTTP/1.0\\r\\n\\r\\n' | {tool} | LC_ALL=C sed '1,/^\\r$/d' | sha256sum");
        Assert.Equal(expected, fetched.Good().Output.Split(' ')[0]);
    }

    [Fact]
    public async Task LinkThatGoesDownAndComesBack_CostsTime_NotTheConnection()
    {
        await using var bench = await TapBench.CreateAsync();
        var (server, endpoint) = await bench.ListenAsync([], "--echo", "--adapter", TapBench.Adapter(), "--mode", "require");
        await using var owned = server;
        await using var client = bench.Network.Start("python3", "-u", "-c",
            "import socket,sys\n"
            + $"s = socket.create_connection(('{TapBench.EngineAddress}', {endpoint.Split(':')[1]}))\n"
            + "for line in sys.stdin:\n"
            + "    s.sendall(line.encode())\n"
            + "    print('echo ' + s.makefile().readline().strip(), flush=True)\n");
        await client.WriteLineAsync("one");
        await client.WaitForAsync("echo one");

        await bench.Network.IpAsync("link", "set", TapBench.Device, "down");
        await bench.Network.IpAsync("link", "set", TapBench.Device, "up");
        await client.WriteLineAsync("two");

        await client.WaitForAsync("echo two");
    }

    [Fact]
    public async Task LinkThatFlaps_UnderATransfer_CostsTime_NotABit()
    {
        await using var bench = await TapBench.CreateAsync();
        var expected = await bench.MakeFileAsync("file", Size);
        var (server, endpoint) = await bench.ListenAsync([], "--serve", bench.Folder, "--adapter", TapBench.Adapter(), "--mode", "require");
        await using var owned = server;
        var target = Path.Combine(bench.Folder, "fetched");
        // Slow enough to be met in the middle: without the flaps it would take two seconds.
        await using var client = bench.Network.Start("curl", "--silent", "--show-error", "--fail", "--max-time", "50", "--limit-rate", "4M", "--output", target, $"http://{endpoint}/file");
        for (var third = 1; third <= 2; third++)
        {
            while (!File.Exists(target) || new FileInfo(target).Length < Size / 3 * third)
            {
                Assert.False(client.HasExited, client.Errors);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            await bench.Network.IpAsync("link", "set", TapBench.Device, "down");
            await bench.Network.IpAsync("link", "set", TapBench.Device, "up");
        }

        (await client.WaitAsync()).Good();

        Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken))));
    }

    [Theory]
    [InlineData("0.9.0", "Version.FirmwareOld")]
    [InlineData("1.1.3", "Version.FirmwareBlocked")]
    [InlineData("gibberish", "Version.FirmwareUnreadable")]
    public async Task RefusedFirmware_LeavesConnectionsToTheHost_AndListenersWithoutAnAddress(string firmware, string reason)
    {
        await using var bench = await TapBench.CreateAsync();
        await bench.MakeFileAsync("file", 1000);
        await using var kernel = bench.Network.Start("python3", "-u", "-m", "http.server", "0", "--bind", TapBench.KernelAddress, "--directory", bench.Folder);
        await kernel.WaitForAsync("port ");
        var port = kernel.Output.Split("port ")[1].Split(' ')[0];
        var adapter = TapBench.Adapter($",firmware={firmware}");

        var connect = string.Join(' ', TapBench.Toe("connect", $"{TapBench.KernelAddress}:{port}", "--adapter", adapter));
        var answer = (await bench.ShellAsync($"printf 'GET /file HTTP/1.0\\r\\n\\r\\n' | {connect} | LC_ALL=C sed '1,/^\\r$/d' | wc -c")).Good();
        var listen = await bench.Network.RunAsync(TapBench.Toe("listen", TapBench.EngineAddress + ":0", "--echo", "--adapter", adapter));

        Assert.Equal("1000", answer.Output.Trim());
        Assert.Contains("on HostStack", answer.Errors, StringComparison.Ordinal);
        Assert.Contains(reason, answer.Errors, StringComparison.Ordinal);
        Assert.Equal(1, listen.ExitCode); // The address is the engine's own: the host cannot serve it.
        Assert.StartsWith("toe: ", listen.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthLinkDown_sends_new_connections_to_the_host()
    {
        await using var bench = await TapBench.CreateAsync();
        await bench.Network.IpAsync("link", "set", TapBench.Device, "down");

        var answer = await bench.Network.RunAsync(TapBench.Toe("explain", TapBench.KernelAddress + ":9", "--adapter", TapBench.Adapter(), "--json"));

        Assert.Contains("\"reason\": \"Health.LinkDown\"", answer.Good().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnvironmentPrivilege_on_somebody_elses_tap()
    {
        const int Nobody = 65534;
        const int SomebodyElse = 12345;
        await using var bench = await TapBench.CreateAsync(owner: SomebodyElse);
        Needs.Tool("setpriv");
        Needs.Tool("unshare");
        var prepare = "mount -t tmpfs none /dev/net && mknod -m 666 /dev/net/tun c 10 200"
            + $" && exec setpriv --reuid {Nobody} --regid {Nobody} --clear-groups --bounding-set -all --inh-caps -all --ambient-caps -all --no-new-privs"
            + " env HOME=/tmp DOTNET_CLI_HOME=/tmp \"$@\"";

        var answer = await bench.Network.RunAsync(
            ["unshare", "--mount", "bash", "-c", prepare, "unprivileged", .. TapBench.Toe("adapters", "--adapter", TapBench.Adapter())]);

        Assert.Equal(3, answer.ExitCode);
        Assert.Contains("Environment.Privilege", answer.Output, StringComparison.Ordinal);
    }
}
