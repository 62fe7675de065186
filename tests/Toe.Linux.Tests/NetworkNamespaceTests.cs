using System.Globalization;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Linux.Tests;

/// <summary>The helper other tests stand on.</summary>
[SupportedOSPlatform("linux")]
public sealed class NetworkNamespaceTests
{
    [Fact]
    public async Task What_a_crashed_run_left_behind_is_swept()
    {
        Needs.Root();
        Needs.Tool("ip");
        int ended;
        await using (var peer = KernelPeer.Start(["true"]))
        {
            ended = peer.Id;
            await peer.WaitAsync();
        }

        var left = $"toe-{ended.ToString(CultureInfo.InvariantCulture)}-left";
        (await KernelPeer.RunAsync(["ip", "netns", "add", left])).Good();

        await using var space = await NetworkNamespace.CreateAsync();

        Assert.False(File.Exists("/run/netns/" + left));
        Assert.True(File.Exists("/run/netns/" + space.Name));
    }

    [Fact]
    public async Task Code_inside_sees_other_links_than_code_outside()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("toe-only-here", 0);

        Assert.Contains(await space.InsideAsync(LinkTable.Read), link => link.Name == "toe-only-here");
        Assert.DoesNotContain(LinkTable.Read(), link => link.Name == "toe-only-here");
        await Assert.ThrowsAsync<InvalidOperationException>(() => space.InsideAsync(() => throw new InvalidOperationException("inside")));
    }

    [Fact]
    public async Task Programs_are_bounded_and_their_words_are_kept()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await using var peer = space.Start("sh", "-c", "echo ready; read line; echo \"got $line\" >&2; exit 3");

        await peer.WaitForAsync("ready");
        await peer.WriteLineAsync("this");
        var answer = await peer.WaitAsync();

        Assert.Equal(3, answer.ExitCode);
        Assert.Contains("got this", answer.Errors, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(answer.Good);
        await Assert.ThrowsAsync<InvalidOperationException>(() => peer.WaitForAsync("never"));
    }
}
