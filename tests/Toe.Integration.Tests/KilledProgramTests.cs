using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;

namespace Toe.Integration.Tests;

/// <summary>A program that is killed in the middle of moves leaves nothing in the kernel.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class KilledProgramTests
{
    private const long BpfCall = 321; // __NR_bpf, asm/unistd_64.h
    private const long BpfCallArm = 280; // __NR_bpf, asm-generic/unistd.h
    private const int Program = 11, Map = 12, Link = 31; // BPF_PROG_GET_NEXT_ID, BPF_MAP_GET_NEXT_ID, BPF_LINK_GET_NEXT_ID, linux/bpf.h

    [Fact]
    public async Task ProgramsTablesLinksDevicesRulesAndSockets_AreAsBefore()
    {
        await using var bench = await SharedInterfaceBench.CreateAsync();
        var before = await ListAsync(bench);
        var (probe, endpoint) = await bench.StartMoveProbeAsync("100000", "5");
        await using var owned = probe;
        using var socket = await bench.ConnectAsync(endpoint);
        var buffer = new byte[100_000];
        for (var received = 0; received < 20_000_000;) // Many moves long.
            received += await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        var held = Held(probe.Id);
        Assert.Equal([Program, Map, Link], held.Select(static id => id.Kind).Distinct().Order());
        Assert.All(held, static id => Assert.True(Exists(id)));
        Assert.NotEqual(before, await ListAsync(bench));

        await probe.DisposeAsync(); // SIGKILL.
        socket.Close(0); // The peer's end, without a FIN that would be waited for.

        using var limit = new CancellationTokenSource(SharedInterfaceBench.Patience);
        using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (held.Any(Exists) || await ListAsync(bench) != before)
            await turn.WaitForNextTickAsync(limit.Token); // The kernel frees a moment later.
    }

    private static async Task<string> ListAsync(SharedInterfaceBench bench)
    {
        var lists = new[]
        {
            await bench.Host.RunAsync("ip", "-o", "-br", "link"),
            await bench.Host.RunAsync("ss", "-Htan"),
            await bench.Host.RunAsync("tc", "qdisc", "show"),
            await bench.Host.RunAsync("tc", "filter", "show", "dev", SharedInterfaceBench.Device, "ingress"),
            await bench.Host.RunAsync("nft", "list", "ruleset"),
        };
        return string.Concat(lists.Select(static list => list.Output));
    }

    /// <summary>The eBPF objects that a process has open.</summary>
    private static List<(int Kind, uint Id)> Held(int process) => [.. Directory.EnumerateFiles($"/proc/{process}/fdinfo")
        .SelectMany(static file => Identity().Matches(TextOf(file)))
        .Select(static match => (match.Groups["kind"].Value switch { "prog" => Program, "map" => Map, _ => Link }, uint.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture)))
        .Distinct()];

    /// <summary>The program opens and closes descriptors all the time.</summary>
    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static unsafe bool Exists((int Kind, uint Id) identity)
    {
        var attribute = stackalloc uint[4]; // start_id, next_id, open_flags
        attribute[0] = identity.Id - 1;
        var call = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? BpfCall : BpfCallArm;
        return syscall(call, identity.Kind, attribute, 12) == 0 && attribute[1] == identity.Id;
    }

    [GeneratedRegex(@"^(?<kind>prog|map|link)_id:\s+(?<id>\d+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Identity();

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial long syscall(long number, long command, void* attribute, long size);
}
