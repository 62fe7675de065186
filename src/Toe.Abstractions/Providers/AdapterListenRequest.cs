using System.Net;

namespace Toe;

/// <summary>What an adapter is asked to listen on.</summary>
/// <param name="Local">Address and port; the port is never 0 where the adapter shares the host's addresses, since the host bound first.</param>
/// <param name="Backlog">Connections that may wait to be accepted.</param>
/// <param name="Options">Socket options of accepted connections.</param>
public sealed record AdapterListenRequest(IPEndPoint Local, int Backlog, ToeSocketOptions Options);
