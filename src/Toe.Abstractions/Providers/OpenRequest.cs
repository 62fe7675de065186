using System.Net;

namespace Toe;

/// <summary>What an adapter is asked to open.</summary>
/// <param name="Local">The local endpoint asked for; null leaves it to the adapter, port 0 likewise.</param>
/// <param name="Remote">The peer.</param>
/// <param name="Options">Socket options.</param>
public sealed record OpenRequest(IPEndPoint? Local, IPEndPoint Remote, ToeSocketOptions Options);
