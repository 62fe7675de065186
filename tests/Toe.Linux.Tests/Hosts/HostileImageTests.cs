using CsCheck;
using Toe.Testing;

namespace Toe.Linux.Tests.Hosts;

/// <summary>Folders that nobody means well with: opening one says what is wrong or gives a host, and the host only answers.</summary>
public sealed class HostileImageTests
{
    private const string Index = """{ "format": 1, "name": "test", "user": 0, "moments": [ "later" ] }""";

    private const string Tree = """
        { "links": { "/a/link": "../b", "/a/loop": "loop", "/a/far": "../../../../../etc/passwd" }, "directories": [ "/empty" ], "errors": { "/secret": "EACCES" },
          "gone": [ "/a/one" ], "sequences": { "/a/two": [ "ENOENT", "EIO" ] } }
        """;

    private const string Calls = """
        { "ethtool": [ { "interface": "eth2", "request": "03", "answer": "03000000aa" }, { "interface": "eth3", "request": "03", "error": "EIO", "text": "x" } ],
          "netlink": [ { "family": "route", "command": 26, "dump": true, "request": "", "messages": [ "021800000000fe04010000000000000008000600010000000800040002000000" ] } ],
          "tools": [ { "command": [ "nft", "-j" ], "exit": 3, "output": "out.json" } ] }
        """;

    // What takes another place in a document: JSON of another kind, names of another kind, numbers of another size.
    private static readonly string[] Wrong =
        ["null", "[]", "{}", "\"\"", "-1", "1e400", "true", "[null]", "{ \"a\": null }", "\"\\u0000\"", "\"/\"", "\"..\"", "\"EIO\"", "\"0\"", "\"\\ud800\"", "99999999999999999999"];

    private static readonly Gen<string> Damaged =
        from document in Gen.Int[0, 2].Select(static index => new[] { Index, Tree, Calls }[index])
        from edits in Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 40], Gen.Int[0, Wrong.Length]).Array[1, 3]
        select Damage(document, edits);

    [Theory]
    [InlineData("tree.json", """{ "links": null }""")]
    [InlineData("tree.json", """{ "links": { "/a": null } }""")]
    [InlineData("tree.json", """{ "directories": [ null ] }""")]
    [InlineData("tree.json", """{ "errors": { "/a": null } }""")]
    [InlineData("tree.json", """{ "gone": [ null ] }""")]
    [InlineData("tree.json", """{ "sequences": { "/a": null } }""")]
    [InlineData("tree.json", """{ "sequences": { "/a": [ null ] } }""")]
    [InlineData("calls.json", """{ "ethtool": null }""")]
    [InlineData("calls.json", """{ "ethtool": [ null ] }""")]
    [InlineData("calls.json", """{ "ethtool": [ { "interface": null, "request": "03", "error": "EIO" } ] }""")]
    [InlineData("calls.json", """{ "ethtool": [ { "interface": "a", "request": null, "error": "EIO" } ] }""")]
    [InlineData("calls.json", """{ "netlink": [ null ] }""")]
    [InlineData("calls.json", """{ "netlink": [ { "family": "a", "command": 1, "messages": [ null ] } ] }""")]
    [InlineData("calls.json", """{ "tools": [ null ] }""")]
    [InlineData("calls.json", """{ "tools": [ { "command": null, "exit": 0 } ] }""")]
    [InlineData("calls.json", """{ "tools": [ { "command": [ null ], "exit": 0 } ] }""")]
    public void Nulls_AreNamedAtTheOpening(string file, string content)
    {
        using var folder = new ImageFolder();
        folder.Write(file, content);
        Assert.Equal(file, Assert.Throws<HostImageException>(folder.Open).File);
    }

    [Fact]
    public void PipesAndDevices_AreNeverOpened()
    {
        Needs.Linux();
        using var folder = new ImageFolder();
        Directory.CreateDirectory(Path.Combine(folder.Place, "files", "proc"));
        MakePipe(Path.Combine(folder.Place, "files", "proc", "version"));
        using (var image = folder.Open())
            Assert.Equal("", image.ReadText("/proc/version").Value);
        MakePipe(Path.Combine(folder.Place, "tree.json"));
        Assert.Contains("tree.json", Assert.Throws<HostImageException>(folder.Open).Message, StringComparison.Ordinal);
    }

    private static void MakePipe(string path)
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }

    [Fact]
    public void LinksAndPaths_AreNoLongerThanAKernelTakes()
    {
        using var folder = new ImageFolder();
        folder.Write("files/a/one", "1");
        using var host = folder.Open();
        Assert.Equal("ENAMETOOLONG", ErrorNumber.Name(host.ReadFile("/a" + string.Concat(Enumerable.Repeat("/.", 3000)) + "/one").ErrorNumber));
        folder.Write("tree.json", $$"""{ "links": { "/b": "a{{string.Concat(Enumerable.Repeat("/.", 3000))}}" } }""");
        Assert.Equal("tree.json", Assert.Throws<HostImageException>(folder.Open).File);
    }

    [Fact]
    public void WhateverADocumentSays_OpeningNamesItOrTheHostAnswers()
    {
        using var folder = new ImageFolder(Index);
        folder.Write("files/a/one", "1").Write("files/b/vendor", "0x1425").Write("tools/out.json", "{}");
        var opened = 0;
        Damaged.Sample(
            document =>
            {
                folder.Write("image.json", document.Contains("format", StringComparison.Ordinal) ? document : Index);
                folder.Write("tree.json", document.Contains("links", StringComparison.Ordinal) ? document : Tree);
                folder.Write("calls.json", document.Contains("ethtool", StringComparison.Ordinal) ? document : Calls);
                try
                {
                    using var host = folder.Open();
                    opened++;
                    AskEverything(host);
                    foreach (var moment in host.Moments)
                    {
                        host.MoveTo(moment);
                        AskEverything(host);
                    }
                }
                catch (HostImageException exception)
                {
                    Assert.EndsWith(".json", exception.File, StringComparison.Ordinal);
                }
            },
            iter: 3000,
            threads: 1);
        Assert.InRange(opened, 1, 2999); // Both ways were gone.
    }

    private static void AskEverything(HostImage host)
    {
        foreach (var path in new[] { "/", "", "a", "/a", "/a/one", "/a/two", "/a/link/vendor", "/a/loop", "/a/far", "/secret/x", "/empty", "/\0", "/../..", "//a//one/" })
        {
            _ = host.ReadFile(path).Reason;
            _ = host.ReadLink(path).Reason;
            _ = host.List(path).Reason;
        }

        _ = EthtoolDriver.Read(host, "eth2").Reason;
        _ = EthtoolStrings.ReadStatistics(host, "eth2").Reason;
        _ = EthtoolStrings.ReadActiveFeatures(host, "eth2").Reason;
        _ = Devlink.ReadDevices(host).Reason;
        _ = NeighbourTable.Read(host).Reason;
        _ = PciDevices.Find(host, 0x1425);
        _ = NetworkDevice.Read(host, "eth2");
        _ = KernelModule.Read(host, "t4_tom");
        _ = host.Route(new RouteQuery { Destination = System.Net.IPAddress.Parse("192.0.2.1") }).Reason;
        _ = host.RunAsync(new ToolCommand("nft", "-j"), TestContext.Current.CancellationToken).AsTask().Result.Reason;
    }

    /// <summary>Puts something wrong in the place of a value: of one text between quotes, or of some characters.</summary>
    private static string Damage(string document, (int At, int Length, int Kind)[] edits)
    {
        foreach (var (at, length, kind) in edits)
        {
            var start = at % document.Length;
            var end = Math.Min(start + length, document.Length);
            if (kind < Wrong.Length && document.IndexOf('"', start) is >= 0 and var quote && document.IndexOf('"', quote + 1) is > 0 and var closing)
                (start, end) = (quote, closing + 1);
            document = document[..start] + (kind < Wrong.Length ? Wrong[kind] : "") + document[end..];
            if (document.Length == 0)
                return " ";
        }

        return document;
    }
}
