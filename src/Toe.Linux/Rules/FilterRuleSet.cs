namespace Toe.Linux.Rules;

/// <summary>The rules of a packet filter, as far as they were read.</summary>
internal sealed class FilterRuleSet
{
    private readonly Dictionary<(string Family, string Table, string Name), FilterChain> _chains = [];

    /// <summary>All chains.</summary>
    public IReadOnlyCollection<FilterChain> Chains => _chains.Values;

    /// <summary>Adds a chain; a second of the same name takes its place.</summary>
    public void Add(FilterChain chain) => _chains[(chain.Family, chain.Table, chain.Name)] = chain;

    /// <summary>Finds a chain.</summary>
    public FilterChain? Find(string family, string table, string name) => _chains.GetValueOrDefault((family, table, name));

    /// <summary>Takes out what another reader says better.</summary>
    public void Remove(Func<FilterChain, bool> which)
    {
        foreach (var chain in _chains.Values.Where(which).ToList())
            _chains.Remove((chain.Family, chain.Table, chain.Name));
    }
}
