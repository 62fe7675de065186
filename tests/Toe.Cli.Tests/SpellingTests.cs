using System.Text.Json;

namespace Toe.Cli.Tests;

/// <summary>Names, options, keys and exit codes that scripts rely on.</summary>
public sealed class SpellingTests
{
    [Fact]
    public async Task Adapters_HaveTheKeysThatScriptsRead()
    {
        await using var tool = new Tool();

        var adapter = (await tool.ReadJsonAsync("adapters", "--adapter", "emulated:fabric")).GetProperty("adapters")[0];

        Assert.Equal("emulated:fabric", adapter.GetProperty("id").GetString());
        Assert.Equal("emulated", adapter.GetProperty("provider").GetString());
        Assert.Equal("ToeActive", adapter.GetProperty("rung").GetString());
        Assert.Equal("1.2.0", adapter.GetProperty("firmware").GetProperty("text").GetString());
        Assert.Matches("^(Ok|Warn|Refuse)$", adapter.GetProperty("firmware").GetProperty("verdict").GetString());
        Assert.Matches("^E[0-3]$", adapter.GetProperty("evidence").GetString());
        Assert.Equal("Healthy", adapter.GetProperty("health").GetString());
        Assert.Contains(adapter.GetProperty("budgets").EnumerateArray(), budget => budget.GetProperty("table").GetString() == "connections");
    }

    [Fact]
    public async Task Profile_ChangesTheLimits()
    {
        await using var tool = new Tool();

        var adapter = (await tool.ReadJsonAsync("adapters", "--adapter", "emulated:fabric", "--profile", "57810")).GetProperty("adapters")[0];

        Assert.Equal(1880, adapter.GetProperty("budgets").EnumerateArray().Single(budget => budget.GetProperty("table").GetString() == "connections").GetProperty("limit").GetInt64());
    }

    [Fact]
    public async Task Capture_IsAPcapngFileOfTheLink()
    {
        await using var tool = new Tool();
        var folder = Directory.CreateTempSubdirectory("toe-");
        try
        {
            var path = Path.Combine(folder.FullName, "link.pcapng");

            await tool.ReadJsonAsync("adapters", "--adapter", $"emulated:fabric,capture={path}");

            // The section header block begins every such file.
            Assert.Equal([0x0A, 0x0D, 0x0D, 0x0A], (await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken))[..4]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Shards_AreThreadsOfTheCard()
    {
        await using var tool = new Tool();

        var adapter = (await tool.ReadJsonAsync("adapters", "--adapter", "emulated:fabric,shards=3")).GetProperty("adapters")[0];

        Assert.Equal("in-process fabric, 3 threads", adapter.GetProperty("location").GetString());
    }

    [Fact]
    public async Task BusyPoll_WithoutAProcessorOfItsOwn_IsRefusedWithTheReason()
    {
        await using var tool = new Tool();

        var answer = await tool.RunAsync("adapters", "--json", "--adapter", "emulated:fabric,shards=2,processor=0,busy-poll=100");

        Assert.Equal(3, answer.ExitCode);
        var device = JsonDocument.Parse(answer.Output).RootElement.GetProperty("notTaken").EnumerateArray().Single();
        Assert.Contains("busy polling needs a processor of its own for each of 2 threads, and Processors names 1", device.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adapters_WithNone_ExitWithNothingMatched()
    {
        await using var tool = new Tool();

        var answer = await tool.RunAsync("adapters");

        Assert.Equal(3, answer.ExitCode);
        Assert.Contains("--adapter emulated:fabric", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_SaysPlacementReasonAndTrace()
    {
        await using var tool = new Tool();

        var trace = await tool.ReadJsonAsync("explain", "127.0.0.1:9", "--adapter", "emulated:fabric");

        Assert.Equal("HostStack", trace.GetProperty("placement").GetString());
        Assert.Equal("Route.NotOnFabric", trace.GetProperty("reason").GetString());
        Assert.Equal("emulated:fabric", trace.GetProperty("trace")[0].GetProperty("adapter").GetString());
        Assert.Equal("Route", trace.GetProperty("trace")[0].GetProperty("gates")[0].GetProperty("gate").GetString());
    }

    [Fact]
    public async Task ExplainListen_SaysWhoWouldTakeTheListener()
    {
        await using var tool = new Tool();

        var trace = await tool.ReadJsonAsync("explain", "--listen", "127.0.0.1:80", "--adapter", "emulated:fabric");

        Assert.Equal("emulated:fabric", trace.GetProperty("placement").GetString());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("[::1]:80")]
    public async Task ExplainListen_TakesAnAddress_WithOrWithoutAPort(string local)
    {
        await using var tool = new Tool();

        Assert.Equal("emulated:fabric", (await tool.ReadJsonAsync("explain", "--listen", local, "--adapter", "emulated:fabric")).GetProperty("placement").GetString());
    }

    [Fact]
    public async Task Explain_OfAListenerOnTheHost_NamesTheReason()
    {
        await using var tool = new Tool();

        var trace = await tool.ReadJsonAsync("explain", "--listen", "127.0.0.1:80", "--adapter", "emulated:fabric", "--mode", "forbid");

        Assert.Equal(("HostStack", "Policy.Forbidden"), (trace.GetProperty("placement").GetString(), trace.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Explain_OfAnOffloadedListener_HasNoReason_AndAllGates()
    {
        await using var tool = new Tool();

        var trace = await tool.ReadJsonAsync("explain", "--listen", "127.0.0.1:80", "--adapter", "emulated:fabric");

        Assert.Equal(JsonValueKind.Null, trace.GetProperty("reason").ValueKind);
        Assert.Equal(
            ["Route", "Capability", "HostRules", "Firmware", "Health", "Budget", "Worth"],
            trace.GetProperty("trace")[0].GetProperty("gates").EnumerateArray().Select(gate => gate.GetProperty("gate").GetString()));
    }

    [Fact]
    public async Task Explain_ForPeople_SaysTheSame()
    {
        await using var tool = new Tool();

        var answer = (await tool.RunAsync("explain", "localhost:9", "--adapter", "emulated:fabric")).Good();

        Assert.Contains("HostStack", answer.Output, StringComparison.Ordinal);
        Assert.Contains("Route.NotOnFabric", answer.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', answer.Output);
    }

    [Theory]
    [InlineData("0.9.0", "Refuse", "Version.FirmwareOld")]
    [InlineData("1.1.3", "Refuse", "Version.FirmwareBlocked")]
    [InlineData("gibberish", "Refuse", "Version.FirmwareUnreadable")]
    [InlineData("1.2.0", "Ok", null)]
    public async Task Adapters_ShowTheFirmwareAndItsVerdict(string firmware, string verdict, string? reason)
    {
        await using var tool = new Tool();
        var adapter = $"emulated:fabric,firmware={firmware}";

        var shown = (await tool.ReadJsonAsync("adapters", "--adapter", adapter)).GetProperty("adapters")[0].GetProperty("firmware");
        var explained = await tool.ReadJsonAsync("explain", "--listen", "127.0.0.1:80", "--adapter", adapter);

        Assert.Equal((firmware, verdict), (shown.GetProperty("text").GetString(), shown.GetProperty("verdict").GetString()));
        Assert.StartsWith(reason ?? "", shown.GetProperty("reason").GetString() ?? "", StringComparison.Ordinal);
        Assert.Equal(reason, explained.GetProperty("reason").GetString());
        Assert.Equal(reason is null ? "emulated:fabric" : "HostStack", explained.GetProperty("placement").GetString());
    }

    [Fact]
    public async Task Adapters_WithNone_AreAnEmptyList_InJson()
    {
        await using var tool = new Tool();

        var answer = await tool.RunAsync("adapters", "--json");

        Assert.Equal(3, answer.ExitCode);
        Assert.Empty(JsonDocument.Parse(answer.Output).RootElement.GetProperty("adapters").EnumerateArray());
    }

    [Fact]
    public async Task Adapters_ThatCannotBeHad_AreNamedWithTheirReason()
    {
        await using var tool = new Tool();

        var answer = await tool.RunAsync("adapters", "--adapter", "emulated:tap=toe-none,address=10.77.0.2/24", "--json");

        Assert.Equal(3, answer.ExitCode);
        var device = JsonDocument.Parse(answer.Output).RootElement.GetProperty("notTaken").EnumerateArray().Single();
        Assert.Equal("toe-none", device.GetProperty("device").GetString());
        Assert.StartsWith("Environment.", device.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adapters_AreInTheOrderNamed()
    {
        await using var tool = new Tool();

        var answer = (await tool.ReadJsonAsync("adapters", "--adapter", "emulated:tap=toe-none,address=10.77.0.2/24", "--adapter", "emulated:fabric", "--profile", "T6"));

        Assert.Equal("Software TOE (T6 profile)", answer.GetProperty("adapters")[0].GetProperty("product").GetString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("adapters", "--help")]
    [InlineData("explain", "--help")]
    [InlineData("connect", "--help")]
    [InlineData("listen", "--help")]
    [InlineData("connections", "--help")]
    [InlineData("upload", "--help")]
    [InlineData("offload", "--help")]
    [InlineData("drain", "--help")]
    [InlineData("capture", "--help")]
    [InlineData("--version")]
    public async Task Help_IsOnStandardOutput_AndDone(params string[] arguments)
    {
        await using var tool = new Tool();

        var answer = (await tool.RunAsync(arguments)).Good();

        Assert.NotEmpty(answer.Output);
        Assert.Empty(answer.Errors);
    }

    [Theory]
    [InlineData("require", 1)]
    [InlineData("prefer", 0)]
    [InlineData("forbid", 0)]
    public async Task Explain_ExitsWithFailed_WhereRequireWouldFail(string mode, int code)
    {
        await using var tool = new Tool();

        Assert.Equal(code, (await tool.RunAsync("explain", "127.0.0.1:9", "--adapter", "emulated:fabric", "--mode", mode)).ExitCode);
    }

    [Theory]
    [InlineData("explain", "nonsense")]
    [InlineData("explain")]
    [InlineData("explain", "127.0.0.1:9", "--listen", "127.0.0.1:9")]
    [InlineData("explain", "::1:9")]
    [InlineData("explain", "127.0.0.1:99999")]
    [InlineData("connect", "127.0.0.1:9", "--mode", "perhaps")]
    [InlineData("adapters", "--adapter", "emulated:nothing")]
    [InlineData("adapters", "--adapter", "emulated:tap=toe0,address=10.0.0.2/24,offloads=perhaps")]
    [InlineData("adapters", "--adapter", "emulated:fabric,offloads=off")]
    [InlineData("adapters", "--adapter", "emulated:fabric,capture=")]
    [InlineData("adapters", "--adapter", "emulated:fabric,shards=0")]
    [InlineData("adapters", "--adapter", "emulated:fabric,shards=257")]
    [InlineData("adapters", "--adapter", "emulated:fabric,processor=1024")]
    [InlineData("adapters", "--adapter", "emulated:fabric,busy-poll=-1")]
    [InlineData("adapters", "--adapter", "emulated:tap=x")]
    [InlineData("adapters", "--adapter", "emulated:tap=x,address=10.0.0.1/33")]
    [InlineData("adapters", "--adapter", "emulated:fabric", "--profile", "t9")]
    [InlineData("listen", "127.0.0.1:0", "--echo", "--discard")]
    [InlineData("listen", "127.0.0.1:0", "--serve", "/no/such/folder")]
    [InlineData("listen", "127.0.0.1:0", "--source", "-1")]
    [InlineData("listen", "127.0.0.1:0", "--echo", "--ready-file", "/dev/stdout")]
    [InlineData("listen", "127.0.0.1:0", "--echo", "--ready-file", "/no/such/folder/ready")]
    [InlineData("listen", "127.0.0.1")]
    [InlineData("listen", "localhost:0")]
    [InlineData("explain", "--listen", "80")]
    [InlineData("connect", "127.0.0.1")]
    [InlineData("connect", "127.0.0.1:")]
    [InlineData("connect", ":80")]
    [InlineData("adapters", "--adapter", "emulated:fabric,broken=nothing")]
    [InlineData("adapters", "--adapter", "emulated:fabric,loss=2")]
    [InlineData("adapters", "--adapter", "emulated:tap=,address=10.0.0.1/24")]
    [InlineData("connections", "surplus")]
    [InlineData("upload", "--all")]
    [InlineData("upload", "--pid", "1")]
    [InlineData("upload", "--pid", "1", "--id", "1", "--all")]
    [InlineData("upload", "--pid", "1", "--id", "-1")]
    [InlineData("upload", "--pid", "one", "--all")]
    [InlineData("upload", "--pid", "1", "--all", "--to", "emulated:fabric")]
    [InlineData("offload", "--pid", "1")]
    [InlineData("offload", "--pid", "1", "--all", "--to")]
    [InlineData("drain")]
    [InlineData("drain", "")]
    [InlineData("drain", "emulated:fabric", "--deadline", "-1")]
    [InlineData("drain", "emulated:fabric", "--deadline", "86401")]
    [InlineData("drain", "emulated:fabric", "--deadline", "soon")]
    [InlineData("capture", "--pid", "1")]
    [InlineData("capture", "-w", "-")]
    [InlineData("capture", "--pid", "1", "-w", "")]
    [InlineData]
    [InlineData("nothing")]
    [InlineData("adapters", "--no-such-option")]
    public async Task WrongUse_ExitsWithUsage_AndOneClearLine(params string[] arguments)
    {
        await using var tool = new Tool();

        var answer = await tool.RunAsync(arguments);

        Assert.Equal(2, answer.ExitCode);
        Assert.StartsWith("toe: ", answer.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Errors, StringComparison.Ordinal);
        Assert.Empty(answer.Output);
    }

    [Fact]
    public async Task Redirected_HasNoColourAndNoFrame()
    {
        await using var tool = new Tool();

        var answer = (await tool.RunAsync("adapters", "--adapter", "emulated:fabric")).Good();

        Assert.DoesNotContain('\u001b', answer.Output);
        Assert.DoesNotContain('│', answer.Output);
        Assert.Equal(2, answer.Output.Trim().Split('\n').Length); // A heading and a row, however long.
    }

    [Fact]
    public async Task Provider_ThatCannotBeLoaded_IsAReason()
    {
        await using var tool = new Tool();
        var file = Path.Combine(tool.Folder, "no.dll");
        await File.WriteAllTextAsync(file, "not an assembly", TestContext.Current.CancellationToken);

        var answer = await tool.RunAsync("adapters", "--provider", file);

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("Version.AssemblyLoad", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_OfNobody_AreAnEmptyList()
    {
        await using var tool = new Tool();

        Assert.Equal(JsonValueKind.Array, (await tool.ReadJsonAsync("connections")).GetProperty("connections").ValueKind);
    }
}
