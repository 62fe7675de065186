using System.Net;
using Toe.Core.Tests.Configuration;
using Toe.Policy;

namespace Toe.Core.Tests.Policy;

/// <summary>An engine with everything around it in a test's hands.</summary>
internal sealed class PolicyBench : IDisposable
{
    public PolicyBench(params PolicyRuleOptions[] rules)
    {
        Options = new OptionsBox(With(rules));
        Engine = new PolicyEngine(Options, Operator, Log);
    }

    public OptionsBox Options { get; }

    public OperatorBox Operator { get; } = new();

    public LogLines<PolicyEngine> Log { get; } = new();

    public PolicyEngine Engine { get; }

    public static ToeOptions With(params PolicyRuleOptions[] rules)
    {
        var options = new ToeOptions();
        foreach (var rule in rules)
            options.Policy.Rules.Add(rule);
        return options;
    }

    public static PolicyRuleOptions Rule(string name, ToeMode? mode = null, string? remote = null, params string[] adapters)
    {
        var rule = new PolicyRuleOptions { Name = name, Mode = mode, Remote = remote };
        foreach (var adapter in adapters)
            rule.Adapters.Add(adapter);
        return rule;
    }

    public static AdapterIdentity Adapter(string id, string? provider = null) => new()
    {
        Id = id,
        Provider = provider ?? id.Split(':')[0],
        Model = "any",
        Evidence = EvidenceLevel.E2,
    };

    public PolicyDecision Connect(string remote, ToeMode? requested = null) =>
        Engine.Decide(PolicyDirection.Connect, null, IPEndPoint.Parse(remote), requested);

    public void Dispose() => Engine.Dispose();
}
