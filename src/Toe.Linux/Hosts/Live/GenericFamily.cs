namespace Toe.Linux.Live;

/// <summary>A generic netlink family as the kernel has numbered it since this boot.</summary>
/// <param name="Id">Its message type.</param>
/// <param name="Groups">Its multicast groups by name.</param>
internal sealed record GenericFamily(ushort Id, IReadOnlyDictionary<string, uint> Groups);
