using System.Globalization;
using System.Runtime.Versioning;

namespace Toe.Integration.Tests.Differential;

/// <summary>The engine and the kernel, put through the same scenarios packet by packet: where they differ is known, and why.</summary>
[SupportedOSPlatform("linux")]
public sealed class DifferentialTests
{
    [Fact]
    public async Task EngineAndKernel_DifferOnlyWhereTheReviewedListSays()
    {
        var engine = PlayAll(new EngineSubject());
        await using var bench = await TapBench.CreateAsync();
        await PrepareAsync(bench);
        var kernel = await bench.Network.InsideAsync(static () =>
        {
            using var subject = new KernelSubject();
            return PlayAll(subject);
        });

        var found = engine.Zip(kernel).Where(static pair => pair.First.Answer != pair.Second.Answer)
            .Select(static pair => KernelDifferences.Row(pair.First.Scenario, pair.First.Step, pair.First.Answer, pair.Second.Answer)).ToArray();
        var listed = KernelDifferences.Read();
        var unlisted = found.Except(listed.Keys).ToArray();
        var vanished = listed.Keys.Except(found).ToArray();
        Assert.True(unlisted.Length == 0, "Not in docs/kernel-differences.md:\n" + string.Join('\n', unlisted));
        Assert.True(vanished.Length == 0, "In docs/kernel-differences.md, and no more the case:\n" + string.Join('\n', vanished));
        Assert.All(listed.Values, Assert.NotEmpty);
    }

    private static List<(string Scenario, string Step, string Answer)> PlayAll(ISubject subject)
    {
        List<(string, string, string)> all = [];
        var port = 20_000;
        foreach (var (name, play) in Scenarios.All)
        {
            var script = new Script(subject, ++port);
            play(script);
            subject.Reset();
            var number = 0;
            all.AddRange(script.Steps.Select(step => (name, (++number).ToString(CultureInfo.InvariantCulture) + ". " + step.Step, step.Answer)));
        }
        return all;
    }

    /// <summary>The kernel knows the peer's hardware address, acknowledges at once, and answers each odd segment: by default one in half a second.</summary>
    private static async Task PrepareAsync(TapBench bench)
    {
        var hardware = string.Join(':', KernelSubject.PeerHardware.Select(static part => part.ToString("x2", CultureInfo.InvariantCulture)));
        await bench.Network.IpAsync("neighbor", "add", TapBench.EngineAddress, "lladdr", hardware, "dev", TapBench.Device, "nud", "permanent");
        await bench.Network.IpAsync("route", "replace", "10.77.0.0/24", "dev", TapBench.Device, "src", TapBench.KernelAddress, "quickack", "1");
        (await bench.ShellAsync("echo 0 >/proc/sys/net/ipv4/tcp_invalid_ratelimit")).Good();
    }
}
