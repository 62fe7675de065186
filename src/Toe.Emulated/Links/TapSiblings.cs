using System.Runtime.Versioning;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>
/// The links on the queues of one TAP device. The kernel sends a flow to the queue that sent of it last, and one it does not know, or has not
/// heard of for three seconds, or above 4096 flows, to any (drivers/net/tun.c, tun_automq_select_queue): what comes to the wrong link is handed over.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class TapSiblings(FlowSharding sharding)
{
    private readonly TapLink?[] _links = new TapLink?[sharding.Count];

    internal void Join(TapLink link, int index) => Volatile.Write(ref _links[index], link);

    /// <summary>The link that a packet belongs to, which is the asking one too; null when no flow can be read from it.</summary>
    internal TapLink? OwnerOf(ReadOnlySpan<byte> packet) =>
        FlowReader.TryRead(packet, packet.Length, out var flow, out _) ? Volatile.Read(ref _links[sharding.Of(flow)]) : null;

    /// <summary>Tells the others what a neighbour said to one.</summary>
    internal void Tell(TapLink from, in NeighborNews news)
    {
        foreach (var link in _links)
        {
            if (link != from)
                link?.Hear(news);
        }
    }
}
