#:package Toe.Core@*
#:package Toe.Iwarp@*

using System.Net;
using Toe;
using Toe.Iwarp.Siw;

await using var stack = ToeStack.Create(toe => toe.AddSiw());
await stack.StartAsync();
var trace = stack.Explain(new ToeConnectRequest(new IPEndPoint(IPAddress.Loopback, 7471)));
Console.WriteLine(trace); // placement HostStack
