namespace Toe.Linux;

/// <summary>One netlink request.</summary>
/// <param name="Family"><c>route</c> for rtnetlink, <c>netfilter</c> for nfnetlink, else the name of a generic netlink family, such as <c>devlink</c> or <c>ethtool</c>: numbers of generic families differ from boot to boot.</param>
/// <param name="Command">The message type (rtnetlink) or command (generic netlink).</param>
/// <param name="Payload">What follows <c>nlmsghdr</c>, or for generic netlink <c>genlmsghdr</c>: the family's header, if it has one, and attributes.</param>
public sealed record NetlinkQuestion(string Family, int Command, ReadOnlyMemory<byte> Payload)
{
    /// <summary>True asks for all objects (NLM_F_DUMP). Default false.</summary>
    public bool IsDump { get; init; }

    /// <summary>The version in <c>genlmsghdr</c>. Default 1.</summary>
    public byte Version { get; init; } = 1;
}
