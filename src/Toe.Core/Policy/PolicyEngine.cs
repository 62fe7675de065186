using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Telemetry;

namespace Toe.Policy;

/// <summary>Decides mode and allowed adapters of every connection: operator, then request, then the first matching rule, then the
/// default.</summary>
internal sealed class PolicyEngine : IDisposable
{
    private readonly IOperatorPolicy _operator;
    private readonly ILogger<PolicyEngine> _logger;
    private readonly IDisposable? _reload;
    private Program _program;

    public PolicyEngine(IOptionsMonitor<ToeOptions> options, IOperatorPolicy operatorPolicy, ILogger<PolicyEngine> logger)
    {
        _operator = operatorPolicy;
        _logger = logger;
        _program = Compile(options.CurrentValue, before: null);
        _reload = options.OnChange(Replace);
        _operator.Changed += RaiseChanged;
    }

    /// <summary>Raised after a decision may have changed: the configuration was reloaded or the operator spoke. Not on the caller's
    /// thread.</summary>
    public event Action? Changed;

    /// <summary>Every rule with its hits, the operator's first.</summary>
    public IReadOnlyList<PolicyRuleStatus> Rules =>
        [.. _operator.Current.Rules.Rules.Concat(Volatile.Read(ref _program).Rules.Rules).Select(rule => rule.Status)];

    /// <summary>What is wrong with the operator's file; null when nothing is.</summary>
    public string? OperatorError => _operator.Error;

    /// <summary>The program's rules that require an adapter, and name those that may be it.</summary>
    public IEnumerable<PolicyRule> Requiring => Volatile.Read(ref _program).Rules.Rules.Where(static rule => rule.Mode == ToeMode.Require);

    /// <summary>Decides. Takes no lock, allocates nothing, never throws. A caller asks again when it knows more, for example the peer of a
    /// passive open or the local address that the route gave.</summary>
    /// <param name="direction">Connect or Listen.</param>
    /// <param name="local">The local endpoint, as far as known.</param>
    /// <param name="remote">The peer; null for a listener.</param>
    /// <param name="requested">The request's own mode.</param>
    /// <param name="counted">False for a dry run, or when the same open is asked about again.</param>
    public PolicyDecision Decide(
        PolicyDirection direction, IPEndPoint? local, IPEndPoint? remote, ToeMode? requested, bool counted = true)
    {
        var program = Volatile.Read(ref _program);
        var rule = program.Rules.Match(direction, local, remote, counted);
        var mode = requested ?? rule?.Mode ?? program.DefaultMode;
        var source = requested is not null ? "request" : rule?.Source ?? "default";

        var above = _operator.Current;
        var operatorRule = above.IsAbsolute ? null : above.Rules.Match(direction, local, remote, counted);
        var (forbidden, by) = operatorRule is null
            ? (above.Forbidden, above.ForbiddenBy)
            : (operatorRule.Mode == ToeMode.Forbid ? operatorRule.Forbidden : ToeReason.None, operatorRule.Source);
        if (!forbidden.IsNone)
            return new PolicyDecision(ToeMode.Forbid, by, forbidden, rule, operatorRule, mode == ToeMode.Require ? source : null);

        var reason = mode != ToeMode.Forbid ? ToeReason.None
            : requested is not null ? RequestForbids
            : rule?.Forbidden ?? DefaultForbids;
        return new PolicyDecision(mode, source, reason, rule, operatorRule);
    }

    /// <summary>Where the RDMA side of a listener listens: the port of the first rule that has one and could match one of its peers; null when none does.</summary>
    /// <param name="listener">The listener's local endpoint.</param>
    public int? RdmaPortAt(IPEndPoint listener) => Volatile.Read(ref _program).Rules.RdmaPortAt(listener);

    /// <summary>What the program's rules name and no registered provider could ever have, one line each, with the configuration key.</summary>
    /// <param name="providers">The names of all registered providers.</param>
    public IEnumerable<string> UnknownProviders(IReadOnlyList<string> providers)
    {
        foreach (var rule in Volatile.Read(ref _program).Rules.Rules)
        {
            var patterns = rule.Adapters?.Patterns ?? [];
            for (var i = 0; i < patterns.Count; i++)
            {
                if (!providers.Any(provider => AdapterPatterns.MayNameAdapterOf(patterns[i], provider)))
                {
                    yield return FormattableString.Invariant(
                        $"{rule.Key}:Adapters:{i}: no provider is registered for '{patterns[i]}' (there are: {string.Join(", ", providers.DefaultIfEmpty("none"))})");
                }
            }
        }
    }

    /// <summary>What the program's rules name and discovery did not find, one line each, with the configuration key.</summary>
    /// <param name="adapters">All adapters that were found.</param>
    public IEnumerable<string> UnknownAdapters(IEnumerable<AdapterIdentity> adapters)
    {
        AdapterIdentity[] found = [.. adapters];
        foreach (var rule in Volatile.Read(ref _program).Rules.Rules)
        {
            var patterns = rule.Adapters?.Patterns ?? [];
            for (var i = 0; i < patterns.Count; i++)
            {
                if (!Array.Exists(found, adapter => AdapterPatterns.Matches(patterns[i], adapter)))
                    yield return FormattableString.Invariant($"{rule.Key}:Adapters:{i}: no adapter matches '{patterns[i]}'");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _operator.Changed -= RaiseChanged;
        _reload?.Dispose();
    }

    private static ToeReason RequestForbids { get; } = ToeReasons.PolicyForbidden.With("request");

    private static ToeReason DefaultForbids { get; } = ToeReasons.PolicyForbidden.With("default");

    private void Replace(ToeOptions options, string? name)
    {
        Volatile.Write(ref _program, Compile(options, Volatile.Read(ref _program).Rules));
        RaiseChanged();
    }

    private Program Compile(ToeOptions options, PolicyRuleSet? before)
    {
        var errors = new List<string>();
        var rules = PolicyCompiler.Compile(PolicyAuthority.Program, options.Policy.Rules, options.Mode, errors, before);
        if (errors.Count > 0)
            throw new OptionsValidationException(Options.DefaultName, typeof(ToeOptions), errors);
        foreach (var rule in rules.Rules.Where(rule => rule.ShadowedBy is not null))
            _logger.RuleShadowed(rule.Source, rule.ShadowedBy!);
        return new Program(rules, options.Mode);
    }

    private void RaiseChanged() => Changed?.Invoke();

    /// <summary>The program's own part; replaced as a whole.</summary>
    private sealed record Program(PolicyRuleSet Rules, ToeMode DefaultMode);
}
