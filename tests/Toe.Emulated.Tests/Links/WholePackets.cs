using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Links;

/// <summary>Packets in one piece, as most tests make them.</summary>
internal static class WholePackets
{
    internal static void Send(this ILink link, byte[] packet) => link.Send(new OutgoingPacket(packet));

    internal static byte[]? Take(this ILink link, byte[] buffer) => link.TryReceive(buffer, out var packet) ? packet.Bytes.ToArray() : null;

    internal static bool TryAdd(this PacketQueue queue, byte[] packet) => queue.TryAdd(new OutgoingPacket(packet));
}
