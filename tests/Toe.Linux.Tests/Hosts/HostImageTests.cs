using System.Text;

namespace Toe.Linux.Tests.Hosts;

/// <summary>The form of docs/host-images.md.</summary>
public sealed class HostImageTests
{
    private const int NoEntry = 2, InputOutput = 5, AccessDenied = 13, NoDevice = 19, NotDirectory = 20, IsDirectory = 21, InvalidArgument = 22, TooBig = 27, TooManyLinks = 40, NotSupported = 95;

    [Fact]
    public void Files_StandByTheirPath_WithWhatNoFileSystemHoldsEncoded()
    {
        using var folder = new ImageFolder();
        folder.Write("files/sys/bus/pci/devices/0000%3A04%3A00.4/vendor", "0x1425\n");
        using var host = folder.Open();
        Assert.Equal("0x1425\n", Text(host.ReadFile("/sys/bus/pci/devices/0000:04:00.4/vendor")));
        Assert.Equal(["0000:04:00.4"], host.List("/sys/bus/pci/devices").Value!);
        Assert.Equal((uint)0x1425, host.ReadHexadecimal("/sys/bus/pci/devices/0000:04:00.4/vendor"));
        Assert.Equal(NoEntry, host.ReadFile("/sys/bus/pci/devices/0000:04:00.5/vendor").ErrorNumber);
        Assert.Equal(NoEntry, host.ReadFile("sys/bus").ErrorNumber);
        Assert.Equal(NoEntry, host.ReadFile("/sys/\0").ErrorNumber);
        Assert.Equal(IsDirectory, host.ReadFile("/sys/bus").ErrorNumber);
        Assert.Equal(NotDirectory, host.List("/sys/bus/pci/devices/0000:04:00.4/vendor").ErrorNumber);
        Assert.Equal(NotDirectory, host.ReadFile("/sys/bus/pci/devices/0000:04:00.4/vendor/x").ErrorNumber);
        Assert.Equal(TooBig, host.ReadFile("/sys/bus/pci/devices/0000:04:00.4/vendor", 6).ErrorNumber);
        Assert.Equal(7, host.ReadFile("/sys/bus/pci/devices/0000:04:00.4/vendor", 7).Value!.Length);
        Assert.Equal(["sys"], host.List("/").Value!);
        Assert.True(host.IsReplayed);
    }

    [Fact]
    public void Links_AreFollowedAsAKernelWould()
    {
        using var folder = new ImageFolder();
        folder.Write("files/sys/devices/a/vendor", "x").Write("tree.json", """
            { "links": { "/sys/bus/a": "../devices/a", "/sys/absolute": "/sys/devices", "/sys/loop": "loop", "/sys/dangling": "nowhere", "/sys/up": "../../../.." },
              "directories": [ "/sys/empty" ] }
            """);
        using var host = folder.Open();
        Assert.Equal("x", Text(host.ReadFile("/sys/bus/a/vendor")));
        Assert.Equal("x", Text(host.ReadFile("/sys/absolute/a/vendor")));
        Assert.Equal("x", Text(host.ReadFile("/sys/up/sys/bus/a/vendor")));
        Assert.Equal(("../devices/a", "a"), (host.ReadLink("/sys/bus/a").Value, host.ReadLinkName("/sys/bus/a")));
        Assert.Equal((TooManyLinks, NoEntry), (host.ReadFile("/sys/loop").ErrorNumber, host.ReadFile("/sys/dangling").ErrorNumber));
        Assert.Equal(InvalidArgument, host.ReadLink("/sys/devices").ErrorNumber);
        Assert.Empty(host.List("/sys/empty").Value!);
        Assert.Equal(["vendor"], host.List("/sys/bus/a").Value!);
    }

    [Fact]
    public void Errors_AnswerForEverythingUnderTheirPath()
    {
        using var folder = new ImageFolder();
        folder.Write("files/sys/kernel/debug/x", "never seen").Write("tree.json", """{ "errors": { "/sys/kernel/debug": "EACCES", "/proc/x": "EIO" } }""");
        using var host = folder.Open();
        Assert.Equal((AccessDenied, AccessDenied, InputOutput), (host.ReadFile("/sys/kernel/debug/x").ErrorNumber, host.List("/sys/kernel/debug").ErrorNumber, host.ReadFile("/proc/x").ErrorNumber));
        Assert.Contains("EACCES", host.ReadFile("/sys/kernel/debug/x").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_AnswerReadingByReading_AndTheLastStays()
    {
        using var folder = new ImageFolder();
        folder.Write("files/proc/a%full", "full").Write("files/proc/a%short", "s").Write("tree.json", """{ "sequences": { "/proc/a": [ "full", "ENOENT", "short" ] } }""");
        using var host = folder.Open();
        Assert.Equal(["full", null, "s", "s", "s"], Enumerable.Range(0, 5).Select(_ => Text(host.ReadFile("/proc/a"))));
        Assert.Equal(["a"], host.List("/proc").Value!);
    }

    [Fact]
    public void Moments_StandOnTheOnesBefore_AndWatchersHear()
    {
        using var folder = new ImageFolder("""{ "format": 1, "name": "m", "moments": [ "dead", "back" ] }""");
        folder.Write("files/a/one", "1").Write("files/a/two", "2")
            .Write("moments/dead/tree.json", """{ "gone": [ "/a/one" ], "errors": { "/a/two": "EIO" } }""")
            .Write("moments/back/files/a/one", "again").Write("moments/back/files/a/two", "2b");
        using var host = folder.Open();
        var heard = 0;
        var watch = host.Watch(HostTopics.Links, () => heard++);
        Assert.Equal(("1", "2", null), (Text(host.ReadFile("/a/one")), Text(host.ReadFile("/a/two")), host.Moment));
        host.MoveTo("dead");
        Assert.Equal((NoEntry, InputOutput, 1, "dead"), (host.ReadFile("/a/one").ErrorNumber, host.ReadFile("/a/two").ErrorNumber, heard, host.Moment));
        host.MoveTo("back");
        Assert.Equal(("again", "2b"), (Text(host.ReadFile("/a/one")), Text(host.ReadFile("/a/two"))));
        watch.Dispose();
        host.MoveTo(null);
        Assert.Equal(("1", 2), (Text(host.ReadFile("/a/one")), heard));
        Assert.Throws<ArgumentException>(() => host.MoveTo("never"));
    }

    [Fact]
    public async Task Calls_AreAnsweredByTheirRequest()
    {
        using var folder = new ImageFolder();
        folder.Write("tools/out.json", "{}").Write("calls.json", """
            {
              "ethtool": [ { "interface": "eth2", "request": "03", "answer": "03000000aabb" }, { "interface": "eth3", "request": "03", "error": "ETIMEDOUT", "text": "mailbox" } ],
              "netlink": [ { "family": "devlink", "command": 51, "dump": true, "request": "", "messages": [ "0102", "03" ] } ],
              "tools": [ { "command": [ "nft", "-j" ], "exit": 3, "output": "out.json" } ]
            }
            """);
        using var host = folder.Open();
        Assert.Equal([3, 0, 0, 0, 0xaa, 0xbb, 0, 0], host.Ethtool("eth2", [3, 0, 0, 0, 0, 0, 0, 0]).Value!);
        Assert.Equal([3, 0, 0, 0], host.Ethtool("eth2", [3, 0, 0, 0]).Value!);
        Assert.Equal((NotSupported, NoDevice), (host.Ethtool("eth2", [4, 0, 0, 0]).ErrorNumber, host.Ethtool("eth9", [3, 0, 0, 0]).ErrorNumber));
        Assert.EndsWith("mailbox", host.Ethtool("eth3", [3, 0, 0, 0]).Reason, StringComparison.Ordinal);
        Assert.Equal(2, host.Netlink(new NetlinkQuestion("devlink", 51, default) { IsDump = true }).Value!.Count);
        Assert.Empty(host.Netlink(new NetlinkQuestion("devlink", 52, default) { IsDump = true }).Value!);
        Assert.Equal(NoEntry, host.Netlink(new NetlinkQuestion("devlink", 51, default)).ErrorNumber);
        Assert.Equal(NoEntry, host.Netlink(new NetlinkQuestion("ethtool", 1, default) { IsDump = true }).ErrorNumber);
        var ran = await host.RunAsync(new ToolCommand("nft", "-j"), TestContext.Current.CancellationToken);
        Assert.Equal((3, "{}"), (ran.Value!.ExitCode, Encoding.UTF8.GetString(ran.Value.Output)));
        Assert.Equal(NoEntry, (await host.RunAsync(new ToolCommand("nft"), TestContext.Current.CancellationToken)).ErrorNumber);
    }

    [Theory]
    [InlineData(null, null, null, "image.json")]
    [InlineData("", null, null, "image.json")]
    [InlineData("[]", null, null, "image.json")]
    [InlineData("null", null, null, "image.json")]
    [InlineData("""{ "format": 2, "name": "x" }""", null, null, "image.json")]
    [InlineData("""{ "name": "x" }""", null, null, "image.json")]
    [InlineData("""{ "format": 1, "name": "x", "moments": [ "../up" ] }""", null, null, "image.json")]
    [InlineData("""{ "format": 1, "name": "x", "moments": [ "a", "a" ] }""", null, null, "image.json")]
    [InlineData("""{ "format": 1, "name": "x", "momments": [] }""", null, null, "image.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "tree.json", "{", "tree.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "tree.json", """{ "links": { "relative": "x" } }""", "tree.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "tree.json", """{ "links": { "/a/../b": "x" } }""", "tree.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "tree.json", """{ "links": { "/a": "" } }""", "tree.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "tree.json", """{ "errors": { "/a": "ENOSUCH" } }""", "tree.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "tree.json", """{ "sequences": { "/a": [] } }""", "tree.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "tree.json", """{ "sequences": { "/a": [ "nofile" ] } }""", "tree.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "tree.json", """{ "links": { "/a": "b", "/a": "c" } }""", "tree.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "calls.json", """{ "ethtool": [ { "interface": "a", "request": "0" } ] }""", "calls.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "calls.json", """{ "ethtool": [ { "interface": "a", "request": "03" } ] }""", "calls.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "calls.json", """{ "netlink": [ { "family": "a", "command": 1, "messages": [ "zz" ] } ] }""", "calls.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "calls.json", """{ "tools": [ { "command": [ "a" ], "exit": 0, "output": "../image.json" } ] }""", "calls.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "calls.json", """{ "tools": [ { "command": [ "a" ], "exit": 0, "output": "missing" } ] }""", "calls.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "calls.json", """{ "tools": [ { "command": [ "a" ], "exit": 0, "output": "\u0000" } ] }""", "calls.json")]
    [InlineData("""{ "format": 1, "name": "x" }""", "files/a b", "", "files")]
    [InlineData("""{ "format": 1, "name": "x" }""", "files/%2E%2E", "", "files")]
    public void WhatIsNoImage_IsNamedAtTheOpening(string? index, string? file, string? content, string named)
    {
        using var folder = new ImageFolder(index);
        if (file is not null)
            folder.Write(file, content!);
        var wrong = Assert.Throws<HostImageException>(folder.Open);
        Assert.StartsWith(named, wrong.File, StringComparison.Ordinal);
        Assert.StartsWith(named, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderThatIsNotThere_IsNamed() => Assert.Contains("does not exist", Assert.Throws<HostImageException>(() => HostImage.Open("/no/such/folder")).Message, StringComparison.Ordinal);

    [Fact]
    public void LinksInTheFolder_ShowNothingOfTheMachineItIsOpenedOn()
    {
        using var folder = new ImageFolder();
        folder.Write("files/proc/real", "x");
        File.CreateSymbolicLink(Path.Combine(folder.Place, "files", "proc", "secret"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(folder.Place, "files", "etc"), "/etc");
        using var host = folder.Open();
        Assert.Equal((NoEntry, NoEntry), (host.ReadFile("/proc/secret").ErrorNumber, host.ReadFile("/etc/passwd").ErrorNumber));
    }

    private static string? Text(HostAnswer<byte[]> answer) => answer.Value is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
