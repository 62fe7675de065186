using System.Net;

namespace Toe;

/// <summary>What names a TCP connection.</summary>
/// <param name="Local">The local endpoint.</param>
/// <param name="Remote">The peer.</param>
public readonly record struct TcpTuple(IPEndPoint Local, IPEndPoint Remote);
