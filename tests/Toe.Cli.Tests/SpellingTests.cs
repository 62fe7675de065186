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
    [InlineData("adapters", "--adapter", "emulated:tap=x")]
    [InlineData("adapters", "--adapter", "emulated:tap=x,address=10.0.0.1/33")]
    [InlineData("adapters", "--adapter", "emulated:fabric", "--profile", "t9")]
    [InlineData("listen", "127.0.0.1:0", "--echo", "--discard")]
    [InlineData("listen", "127.0.0.1:0", "--serve", "/no/such/folder")]
    [InlineData("listen", "127.0.0.1:0", "--source", "-1")]
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
