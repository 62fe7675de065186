#:package Toe.Core@*
#:package Toe.QLogic@*

using System.Net;
using Toe;
using Toe.QLogic;

await using var stack = ToeStack.Create(toe => toe.AddQLogic());
await stack.StartAsync();
foreach (var device in stack.NotTaken) // Adapters that are here and offload nothing, with their reasons.
    Console.WriteLine(device);
Console.WriteLine(stack.Explain(new ToeConnectRequest(new IPEndPoint(IPAddress.Loopback, 7)))); // placement HostStack
