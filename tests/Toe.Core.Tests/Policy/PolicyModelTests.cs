using System.Net;
using CsCheck;
using Toe.Policy;

namespace Toe.Core.Tests.Policy;

/// <summary>The engine against a model that is too simple to be wrong: strings of bits, lists of numbers, one rule after another.</summary>
public sealed class PolicyModelTests
{
    private static readonly int[] Ports = [0, 1, 2, 3, 4, 5, 6, 7, 8];

    // Few bits and ports, so that rules meet often: 10.0.0.X with X below 16, and 2001:db8::X.
    private static readonly Gen<string?> Prefix = Gen.OneOf(
        Gen.Const((string?)null),
        Gen.Select(Gen.Bool, Gen.Int[0, 15], Gen.Int[28, 32]).Select((v6, host, length) => (string?)Text(v6, host, length)));

    private static readonly Gen<string?> PortList = Gen.OneOf(
        Gen.Const((string?)null),
        Gen.Select(Gen.Int[1, 8], Gen.Int[0, 3]).Array[1, 2].Select(ranges =>
            (string?)string.Join(',', ranges.Select(r => $"{r.Item1}-{r.Item1 + r.Item2}"))));

    private static readonly Gen<ToeMode?> Requested = Gen.OneOf(Gen.Const((ToeMode?)null), Gen.Enum<ToeMode>().Select(m => (ToeMode?)m));

    private static readonly Gen<PolicyDirection> Directions = Gen.OneOf(PolicyDirection.Connect, PolicyDirection.Listen);

    private static readonly Gen<PolicyRuleOptions> Rule = Gen.Select(
        Gen.Enum<PolicyDirection>(), Prefix, Prefix, PortList, PortList, Requested)
        .Select((direction, local, remote, localPorts, remotePorts, mode) => new PolicyRuleOptions
        {
            Direction = direction,
            Local = local,
            Remote = remote,
            LocalPorts = localPorts,
            RemotePorts = remotePorts,
            Mode = mode,
        });

    private static readonly Gen<PolicyRuleOptions[]> Rules = Rule.Array[0, 6].Select(rules =>
        rules.Select((rule, i) =>
        {
            rule.Name = $"r{i}";
            return rule;
        }).ToArray());

    private static readonly Gen<IPEndPoint?> Endpoint = Gen.OneOf(
        Gen.Const((IPEndPoint?)null),
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 15], Gen.OneOf(Ports)).Select((family, host, port) => (IPEndPoint?)new IPEndPoint(
            IPAddress.Parse(family switch { 0 => $"10.0.0.{host}", 1 => $"2001:db8::{host:x}", _ => $"::ffff:10.0.0.{host}" }), port)));

    [Fact, Trait("Requirement", "TOE-POLI-001")]
    public void Decides_as_the_model_does() =>
        Gen.Select(Rules, Gen.Enum<ToeMode>(), Directions, Endpoint, Endpoint, Requested)
            .Sample((rules, defaultMode, direction, local, remote, requested) =>
            {
                using var bench = new PolicyBench();
                var options = PolicyBench.With(rules);
                options.Mode = defaultMode;
                bench.Options.Set(options);
                var decision = bench.Engine.Decide(direction, local, remote, requested);
                var match = Array.Find(rules, rule => ModelMatches(rule, direction, local, remote));
                var mode = requested ?? match?.Mode ?? defaultMode;
                return decision.Mode == mode && decision.RuleName == match?.Name && !decision.IsConflict
                    && decision.Reason.Is(mode == ToeMode.Forbid ? ToeReasons.PolicyForbidden : ToeReason.None)
                    && decision.ModeSource == (requested is not null ? "request" : match is null ? "default"
                        : $"policy rule '{match.Name}'");
            });

    [Fact]
    public void A_shadowed_rule_never_matches_first() =>
        Gen.Select(Rules, Directions, Endpoint, Endpoint).Sample((rules, direction, local, remote) =>
        {
            using var bench = new PolicyBench(rules);
            var shadowed = bench.Engine.Rules.Where(rule => rule.ShadowedBy is not null).Select(rule => rule.Name);
            return !shadowed.Contains(bench.Engine.Decide(direction, local, remote, null).RuleName, StringComparer.Ordinal);
        });

    [Fact, Trait("Requirement", "TOE-POLI-004")]
    public void The_operator_only_ever_narrows() =>
        Gen.Select(Rules, Rules, Gen.Bool, Endpoint, Endpoint, Requested).Sample((mine, above, forbid, local, remote, requested) =>
        {
            using var bench = new PolicyBench(mine);
            var alone = bench.Engine.Decide(PolicyDirection.Connect, local, remote, requested);
            foreach (var rule in above.Where(rule => rule.Mode == ToeMode.Require))
                rule.Mode = ToeMode.Forbid;
            var errors = new List<string>();
            var authority = PolicyAuthority.Operator("/etc/toe/toe.json");
            var rules = PolicyCompiler.Compile(authority, above, forbid ? ToeMode.Forbid : ToeMode.Prefer, errors);
            Assert.Empty(errors);
            bench.Operator.Say(new OperatorRules(
                rules, forbid ? ToeReasons.OperatorForbidden : ToeReason.None, authority.Words, IsAbsolute: false));
            var narrowed = bench.Engine.Decide(PolicyDirection.Connect, local, remote, requested);
            return narrowed.Mode == alone.Mode
                || (narrowed.Mode == ToeMode.Forbid && narrowed.IsConflict == (alone.Mode == ToeMode.Require));
        });

    private static string Text(bool v6, int host, int length)
    {
        var masked = host & ~((1 << (32 - length)) - 1);
        return v6 ? $"2001:db8::{masked:x}/{length + 96}" : $"10.0.0.{masked}/{length}";
    }

    private static bool ModelMatches(PolicyRuleOptions rule, PolicyDirection direction, IPEndPoint? local, IPEndPoint? remote) =>
        (rule.Direction == PolicyDirection.Any || rule.Direction == direction)
        && ModelMatches(rule.Local, rule.LocalPorts, local) && ModelMatches(rule.Remote, rule.RemotePorts, remote);

    private static bool ModelMatches(string? prefix, string? ports, IPEndPoint? endpoint)
    {
        if (prefix is not null)
        {
            if (endpoint is null)
                return false;
            var parts = prefix.Split('/');
            var length = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
            var address = endpoint.Address.IsIPv4MappedToIPv6 ? endpoint.Address.MapToIPv4() : endpoint.Address;
            if (address.AddressFamily != IPAddress.Parse(parts[0]).AddressFamily
                || Bits(address)[..length] != Bits(IPAddress.Parse(parts[0]))[..length])
                return false;
        }

        return ports is null || (endpoint is not null && ports.Split(',').Any(range =>
        {
            var bounds = range.Split('-').Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            return endpoint.Port >= bounds[0] && endpoint.Port <= bounds[1];
        }));
    }

    private static string Bits(IPAddress address) => string.Concat(address.GetAddressBytes().Select(b => $"{b:b8}"));
}
