using System.Net;

namespace Toe.Policy;

/// <summary>Makes a rule set of what people wrote, or says all that is wrong with it, each with its place.</summary>
internal sealed class PolicyCompiler
{
    /// <summary>Above it a list is a mistake: each connection walks it.</summary>
    public const int MaxRules = 10_000;

    private readonly PolicyAuthority _authority;
    private readonly ToeMode _defaultMode;
    private readonly ICollection<string> _errors;

    private PolicyCompiler(PolicyAuthority authority, ToeMode defaultMode, ICollection<string> errors)
    {
        _authority = authority;
        _defaultMode = defaultMode;
        _errors = errors;
    }

    /// <summary>Compiles, and adds to <paramref name="errors"/> what is wrong; wrong rules are left out of the result.</summary>
    /// <param name="authority">Who wrote the rules.</param>
    /// <param name="rules">The rules in order.</param>
    /// <param name="defaultMode">The mode of rules that name none.</param>
    /// <param name="errors">Takes one line for each mistake.</param>
    /// <param name="before">The set before, whose counters go on where a rule stayed the same.</param>
    public static PolicyRuleSet Compile(
        PolicyAuthority authority,
        IList<PolicyRuleOptions> rules,
        ToeMode defaultMode,
        ICollection<string> errors,
        PolicyRuleSet? before = null)
    {
        if (rules.Count > MaxRules)
        {
            errors.Add(FormattableString.Invariant($"{authority.RulesKey}: {rules.Count} rules; {MaxRules} is the limit"));
            return PolicyRuleSet.Empty;
        }

        var compiler = new PolicyCompiler(authority, defaultMode, errors);
        var counters = (before ?? PolicyRuleSet.Empty).Rules.DistinctBy(rule => rule.Name, StringComparer.Ordinal)
            .ToDictionary(rule => rule.Name, StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var compiled = new List<PolicyRule>(rules.Count);
        for (var i = 0; i < rules.Count; i++)
        {
            if (compiler.Compile(authority.RuleKey(i), rules[i], names, compiled, counters) is { } rule)
                compiled.Add(rule);
        }

        return new PolicyRuleSet(compiled);
    }

    private PolicyRule? Compile(
        string key,
        PolicyRuleOptions? options,
        Dictionary<string, string> names,
        List<PolicyRule> earlier,
        Dictionary<string, PolicyRule> counters)
    {
        if (options is null)
        {
            _errors.Add($"{key}: a rule is missing here");
            return null;
        }

        var errorsBefore = _errors.Count;
        var name = CheckName(key, options.Name, names);
        if (!Enum.IsDefined(options.Direction))
            Add(key, nameof(options.Direction), $"'{options.Direction}' is not a direction (Connect, Listen, Any)");
        CheckMode(key, options);
        CheckBypass(key, options);
        CheckRdmaPort(key, options);
        var match = new PolicyMatch(
            options.Direction,
            Prefix(key, nameof(options.Local), options.Local),
            Prefix(key, nameof(options.Remote), options.Remote),
            Ports(key, nameof(options.LocalPorts), options.LocalPorts),
            Ports(key, nameof(options.RemotePorts), options.RemotePorts));
        var adapters = Adapters(key, options);
        if (_errors.Count > errorsBefore)
            return null;

        var rule = Make(null);
        return counters.TryGetValue(name, out var old) && old.SaysTheSame(rule) ? Make(old.Counter) : rule;

        PolicyRule Make(HitCounter? hits) => new(
            key,
            name,
            $"{_authority.Words} rule '{name}'",
            match,
            options.Mode ?? _defaultMode,
            _authority.IsOperator ? ToeReasons.OperatorForbidden : ToeReasons.PolicyForbidden,
            adapters,
            hits)
        {
            AllowBypass = options.AllowBypass,
            RdmaPort = options.RdmaPort,
            ShadowedBy = earlier.Find(rule => rule.Match.Covers(match))?.Name,
        };
    }

    private string CheckName(string key, string? name, Dictionary<string, string> names)
    {
        if (string.IsNullOrWhiteSpace(name))
            Add(key, nameof(PolicyRuleOptions.Name), "a rule needs a name");
        else if (!names.TryAdd(name, key))
            Add(key, nameof(PolicyRuleOptions.Name), $"'{name}' is the name of {names[name]} already");
        return name ?? "";
    }

    private void CheckMode(string key, PolicyRuleOptions options)
    {
        if (options.Mode is { } mode && !Enum.IsDefined(mode))
            Add(key, nameof(options.Mode), $"'{mode}' is not a mode (Prefer, Require, Forbid)");
        else if (_authority.IsOperator && options.Mode == ToeMode.Require)
            Add(key, nameof(options.Mode), "the operator can only narrow: 'prefer' (leave it to the program) or 'forbid'");
        else if ((options.Mode ?? _defaultMode) == ToeMode.Forbid && options.Adapters.Count > 0)
            Add(key, nameof(options.Adapters), "a rule that forbids asks no adapter; leave them out, or give the rule another mode");
    }

    private void CheckBypass(string key, PolicyRuleOptions options)
    {
        if (_authority.IsOperator && options.AllowBypass is not null)
            Add(key, nameof(options.AllowBypass), "the operator can only narrow: leave it out");
    }

    private void CheckRdmaPort(string key, PolicyRuleOptions options)
    {
        if (options.RdmaPort is not { } port)
            return;
        if (_authority.IsOperator)
            Add(key, nameof(options.RdmaPort), "the operator can only narrow: leave it out");
        else if (port is < 1 or > IPEndPoint.MaxPort)
            Add(key, nameof(options.RdmaPort), FormattableString.Invariant($"{port} is not a port (1 to 65535)"));
        else if ((options.Mode ?? _defaultMode) == ToeMode.Forbid)
            Add(key, nameof(options.RdmaPort), "a rule that forbids asks no adapter; leave it out, or give the rule another mode");
    }

    private AddressPrefix? Prefix(string key, string member, string? text)
    {
        if (text is null)
            return null;
        if (!AddressPrefix.TryParse(text, out var prefix, out var error))
            Add(key, member, error);
        return prefix;
    }

    private PortSet? Ports(string key, string member, string? text)
    {
        if (text is null)
            return null;
        if (!PortSet.TryParse(text, out var ports, out var error))
            Add(key, member, error);
        return ports;
    }

    private AdapterPatterns? Adapters(string key, PolicyRuleOptions options)
    {
        var list = _authority.MemberKey(key, nameof(options.Adapters));
        for (var i = 0; i < options.Adapters.Count; i++)
        {
            if (AdapterPatterns.Check(options.Adapters[i]) is { } error)
                _errors.Add($"{_authority.ItemKey(list, i)}: {error}");
        }

        return options.Adapters.Count == 0 ? null : new AdapterPatterns([.. options.Adapters]);
    }

    private void Add(string key, string member, string error) => _errors.Add($"{_authority.MemberKey(key, member)}: {error}");
}
