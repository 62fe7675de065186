namespace Toe.Linux.Rules;

/// <summary>A chain of rules.</summary>
/// <param name="Family"><c>ip</c>, <c>ip6</c>, <c>inet</c>, <c>netdev</c>; others are not on the way of TCP connections.</param>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name.</param>
internal sealed record FilterChain(string Family, string Table, string Name)
{
    /// <summary>Where it sits; <see cref="RuleHook.None"/> for one that is jumped to.</summary>
    public RuleHook Hook { get; init; }

    /// <summary>True for a chain of address translation, which sees only the packet that opens a connection.</summary>
    public bool IsTranslation { get; init; }

    /// <summary>True when its policy drops what no rule decides.</summary>
    public bool DropsByDefault { get; init; }

    /// <summary>The devices of a chain at a device.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Its rules, in order.</summary>
    public List<FilterRule> Rules { get; } = [];

    /// <summary>The chain as a person finds it.</summary>
    public override string ToString() => $"{Family} {Table} {Name}";

    /// <summary>True when such packets come by.</summary>
    public bool Sees(RulePacket packet) => (packet.IsNew || !IsTranslation) && Family switch { "ip" => !packet.IsIPv6, "ip6" => packet.IsIPv6, "inet" or "netdev" => true, _ => false };
}
