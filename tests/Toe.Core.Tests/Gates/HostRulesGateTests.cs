using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Scripted;
using Toe.Linux;

namespace Toe.Core.Tests.Gates;

/// <summary>The HostRules gate over a played-back host whose packet filter lets nothing out to port 9.</summary>
public sealed class HostRulesGateTests
{
    private static readonly IPEndPoint Discard = new(IPAddress.Parse("198.51.100.9"), 9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact, Trait("Requirement", "TOE-PLAC-005")]
    public async Task EnvironmentHostRules_names_the_rule_that_an_offload_would_walk_around()
    {
        using var host = new FilteredHost();
        await using var bench = Bench(host, [], Bypassing());
        await bench.RunAsync(bench.Stack.StartAsync(Token).AsTask());

        var refused = bench.Stack.Explain(new ToeConnectRequest(Discard)).Candidates.Single();
        Assert.True(refused.Reason.Is(ToeReasons.EnvironmentHostRules));
        Assert.Equal("inet filter output handle 2: drop", refused.Reason.Text);
        Assert.Equal(["Route", "Capability", "HostRules"], refused.Gates.Select(gate => gate.Gate));
        Assert.Equal(GateOutcome.Pass, Gate(bench, StackBench.Elsewhere).Outcome);
    }

    [Theory, Trait("Requirement", "TOE-PLAC-005")]
    [InlineData("Toe:AllowBypass", "true")]
    [InlineData("Toe:Policy:Rules:0:AllowBypass", "true")]
    public async Task ThePolicy_MayAllowIt_AndTheTraceSaysSo(string key, string value)
    {
        using var host = new FilteredHost();
        var configuration = new Dictionary<string, string?> { [key] = value };
        if (key.Contains("Rules", StringComparison.Ordinal))
            configuration["Toe:Policy:Rules:0:Name"] = "discard";
        await using var bench = Bench(host, configuration, Bypassing());
        await bench.RunAsync(bench.Stack.StartAsync(Token).AsTask());
        var answer = Gate(bench, Discard);
        Assert.Equal((GateOutcome.Pass, "allowed by policy: inet filter output handle 2: drop"), (answer.Outcome, answer.Reason.Text));
    }

    [Fact]
    public async Task ARule_MayForbidWhatTheOptionsAllow()
    {
        using var host = new FilteredHost();
        await using var bench = Bench(
            host, new() { ["Toe:AllowBypass"] = "true", ["Toe:Policy:Rules:0:Name"] = "strict", ["Toe:Policy:Rules:0:AllowBypass"] = "false" }, Bypassing());
        await bench.RunAsync(bench.Stack.StartAsync(Token).AsTask());
        Assert.Equal(GateOutcome.Refuse, Gate(bench, Discard).Outcome);
    }

    [Fact]
    public async Task AnAdapterThatBypassesNothing_IsNotAsked_AndNothingIsRead()
    {
        using var host = new FilteredHost();
        await using var bench = Bench(host, [], new ScriptedAdapter("plain"));
        await bench.RunAsync(bench.Stack.StartAsync(Token).AsTask());
        Assert.Equal(GateOutcome.NotApplicable, Gate(bench, Discard).Outcome);
    }

    [Fact]
    public async Task AChangedFilter_IsReadAgain()
    {
        using var host = new FilteredHost();
        await using var bench = Bench(host, [], Bypassing());
        await bench.RunAsync(bench.Stack.StartAsync(Token).AsTask());
        Assert.Equal(GateOutcome.Refuse, Gate(bench, Discard).Outcome);
        host.Image.MoveTo("opened");
        await StackBench.UntilAsync(() => Gate(bench, Discard).Outcome == GateOutcome.Pass);
    }

    private static ScriptedAdapter Bypassing()
    {
        var adapter = new ScriptedAdapter("card");
        adapter.Change(status => status with { Capabilities = status.Capabilities with { Bypasses = Facts.Assumed(HostBypass.NetfilterIn | HostBypass.NetfilterOut) } });
        return adapter;
    }

    private static GateAnswer Gate(StackBench bench, IPEndPoint remote) =>
        bench.Stack.Explain(new ToeConnectRequest(remote)).Candidates.Single().Gates.Single(gate => gate.Gate == "HostRules");

    private static StackBench Bench(FilteredHost host, Dictionary<string, string?> configuration, ScriptedAdapter adapter) =>
        StackBench.Create(configuration, [new ScriptedProvider(adapter)], [adapter], services => services.AddSingleton<ILinuxHost>(host.Image));

    /// <summary>A machine whose packet filter drops what goes to port 9, and at the moment <c>opened</c> nothing.</summary>
    private sealed class FilteredHost : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("toe-filter-").FullName;

        public FilteredHost()
        {
            const string Chain = """{ "chain": { "family": "inet", "table": "filter", "name": "output", "handle": 1, "type": "filter", "hook": "output", "prio": 0, "policy": "accept" } }""";
            const string Rule = """
                , { "rule": { "family": "inet", "table": "filter", "chain": "output", "handle": 2, "expr": [ { "match": { "op": "==", "left": { "payload": { "protocol": "tcp", "field": "dport" } }, "right": 9 } }, { "drop": null } ] } }
                """;
            Write("image.json", """{ "format": 1, "name": "filtered", "moments": [ "opened" ] }""");
            Write("calls.json", Calls);
            Write("tools/nft", $"{{ \"nftables\": [ {Chain} {Rule} ] }}");
            Write("moments/opened/calls.json", Calls);
            Write("moments/opened/tools/nft", $"{{ \"nftables\": [ {Chain} ] }}");
            Image = HostImage.Open(_folder);
        }

        public HostImage Image { get; }

        private static string Calls => """{ "tools": [ { "command": [ "nft", "-j", "list", "ruleset" ], "exit": 0, "output": "nft" } ] }""";

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private void Write(string name, string content)
        {
            var file = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }
    }
}
