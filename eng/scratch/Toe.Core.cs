#:package Toe.Core@*

using System.Net;
using System.Net.Sockets;
using Toe;

using var server = new TcpListener(IPAddress.Loopback, 0);
server.Start();

await using var stack = ToeStack.Create(); // No provider, and so no adapter: every connection is the host's.
await using var connection = await stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint));
Console.WriteLine(connection.Placement.IsHostStack); // True
Console.WriteLine(connection.Trace); // placement HostStack, mode Prefer (default)
