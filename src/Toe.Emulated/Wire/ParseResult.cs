namespace Toe.Emulated.Wire;

/// <summary>What a packet turned out to be; each drop has its own counter.</summary>
internal enum ParseResult
{
    Tcp,
    Icmp,
    Malformed,
    BadChecksum,
    Fragment,
    UnknownProtocol,
}
