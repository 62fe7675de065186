using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>Walks the messages of one datagram. Total: what does not fit ends the walk and marks the datagram malformed.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    internal bool IsMalformed { get; private set; }

    internal bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (_rest.IsEmpty || IsMalformed)
            return false;
        if (_rest.Length < NetlinkMessageHeader.Size)
            return Refuse();
        var header = MemoryMarshal.Read<NetlinkMessageHeader>(_rest);
        if (header.Length < NetlinkMessageHeader.Size || header.Length > (uint)_rest.Length)
            return Refuse();
        var length = (int)header.Length;
        message = new NetlinkMessage(header, _rest[NetlinkMessageHeader.Size..length]);
        // NLMSG_ALIGN; the last message of a datagram need not be padded.
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    private bool Refuse()
    {
        IsMalformed = true;
        return false;
    }
}
