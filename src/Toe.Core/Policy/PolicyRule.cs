namespace Toe.Policy;

/// <summary>One compiled rule: what it matches, the answers it gives (made once), and how often it decided.</summary>
internal sealed class PolicyRule
{
    private readonly HitCounter _hits;

    /// <summary>Makes a rule and its answers.</summary>
    /// <param name="key">Where it is written, for messages.</param>
    /// <param name="name">Its name.</param>
    /// <param name="source">The authority and the rule: <c>policy rule 'x'</c>.</param>
    /// <param name="match">What it matches.</param>
    /// <param name="mode">The mode that follows.</param>
    /// <param name="forbidden">The reason a forbidding rule gives.</param>
    /// <param name="adapters">What it allows; null means all.</param>
    /// <param name="hits">The counter, handed on from the same rule of an earlier set.</param>
    public PolicyRule(
        string key,
        string name,
        string source,
        PolicyMatch match,
        ToeMode mode,
        ToeReason forbidden,
        AdapterPatterns? adapters,
        HitCounter? hits)
    {
        Key = key;
        Name = name;
        Source = source;
        Match = match;
        Mode = mode;
        Forbidden = forbidden.With(source);
        Adapters = adapters;
        NotAllowed = adapters is null ? ToeReason.None : ToeReasons.PolicyAdapterNotAllowed.With($"{source} allows {adapters}");
        _hits = hits ?? new HitCounter();
    }

    public string Key { get; }

    public string Name { get; }

    public string Source { get; }

    public PolicyMatch Match { get; }

    public ToeMode Mode { get; }

    /// <summary>The reason where <see cref="Mode"/> forbids.</summary>
    public ToeReason Forbidden { get; }

    public AdapterPatterns? Adapters { get; }

    /// <summary>The reason for an adapter that is not among <see cref="Adapters"/>.</summary>
    public ToeReason NotAllowed { get; }

    /// <summary>Whether offloads may walk around the host's rules; null leaves it to the options.</summary>
    public bool? AllowBypass { get; init; }

    /// <summary>The port of its peers' RDMA side; null when there is none.</summary>
    public int? RdmaPort { get; init; }

    /// <summary>The earlier rule's name, when one matches all that this one matches.</summary>
    public string? ShadowedBy { get; init; }

    public long Hits => _hits.Value;

    public HitCounter Counter => _hits;

    public PolicyRuleStatus Status => new(Source, Name, Mode, Hits, ShadowedBy);

    public void Hit() => _hits.Increment();

    /// <summary>True when both say the same, so that the counter may go on.</summary>
    public bool SaysTheSame(PolicyRule other) =>
        Name == other.Name && Source == other.Source && Match.ToString() == other.Match.ToString() && Mode == other.Mode && AllowBypass == other.AllowBypass
        && RdmaPort == other.RdmaPort
        && string.Equals(Adapters?.ToString(), other.Adapters?.ToString(), StringComparison.Ordinal);
}
