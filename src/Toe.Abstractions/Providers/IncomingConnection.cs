using System.Net;

namespace Toe;

/// <summary>Who knocks.</summary>
/// <param name="Local">The local endpoint.</param>
/// <param name="Remote">The peer.</param>
public readonly record struct IncomingConnection(IPEndPoint Local, IPEndPoint Remote);
