namespace Toe.Linux;

/// <summary>What an interface's driver says of its link and offloads, by ethtool over generic netlink.</summary>
/// <param name="Interface">The interface's name.</param>
/// <param name="Index">Its index.</param>
public sealed record EthtoolLink(string Interface, int Index)
{
    /// <summary>Whether the link is up; null when the driver does not say.</summary>
    public bool? IsUp { get; init; }

    /// <summary>In megabits for each second; null when it is not known, as while the link is down.</summary>
    public long? Speed { get; init; }

    /// <summary>True when both directions run at once, false for half duplex; null when it is not known.</summary>
    public bool? IsFullDuplex { get; init; }

    /// <summary>The features that are on, by the kernel's names for them, such as <c>tls-hw-record</c>; empty when the driver does not say.</summary>
    public IReadOnlySet<string> ActiveFeatures { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}
