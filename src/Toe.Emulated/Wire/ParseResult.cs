namespace Toe.Emulated.Wire;

/// <summary>What a packet turned out to be; each drop has its own counter.</summary>
enum ParseResult
{
    Tcp,
    Icmp,
    Malformed,
    BadChecksum,
    Fragment,
    UnknownProtocol,
}
