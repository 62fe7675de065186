namespace Toe.Linux;

/// <summary>One message of a datagram; the payload is borrowed from the receive buffer.</summary>
internal readonly ref struct NetlinkMessage(NetlinkMessageHeader header, ReadOnlySpan<byte> payload)
{
    internal NetlinkMessageHeader Header { get; } = header;

    internal ReadOnlySpan<byte> Payload { get; } = payload;
}
