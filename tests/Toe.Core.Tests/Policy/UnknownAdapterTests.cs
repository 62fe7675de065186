using Microsoft.Extensions.Options;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Policy;

/// <summary>A rule that names what no registered provider could have is a wrong configuration; a device that is not there today is not.</summary>
public sealed class UnknownAdapterTests
{
    [Theory]
    [InlineData("scripted")]
    [InlineData("scripted:*")]
    [InlineData("scripted:not-here-today")]
    [InlineData("script*")]
    [InlineData("*:one")]
    public async Task RulesOfRegisteredProviders_Start(string pattern)
    {
        await using var bench = StackBench.Configured(new() { ["Toe:Policy:Rules:0:Name"] = "rule", ["Toe:Policy:Rules:0:Adapters:0"] = pattern }, new ScriptedAdapter("one"));

        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
        await StackBench.UntilAsync(() => bench.Log.Of(1006).Count == (pattern == "scripted:not-here-today" ? 1 : 0));
    }

    [Theory]
    [InlineData("scipted")]
    [InlineData("chelsio:0000:3b:00.4")]
    [InlineData("one")]
    public void UnknownAdapter_StopsTheStart_NamingTheKey(string pattern)
    {
        var thrown = Assert.Throws<OptionsValidationException>(
            () => StackBench.Configured(new() { ["Toe:Policy:Rules:0:Name"] = "rule", ["Toe:Policy:Rules:0:Adapters:0"] = pattern }, new ScriptedAdapter("one")));

        Assert.Equal($"Toe:Policy:Rules:0:Adapters:0: no provider is registered for '{pattern}' (there are: scripted)", thrown.Message);
    }
}
