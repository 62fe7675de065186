#:package Toe.Core@*
#:package Toe.Chelsio@*

using System.Net;
using Toe;
using Toe.Chelsio;

await using var stack = ToeStack.Create(toe => toe.AddChelsio(options => options.Mark = 12));
await stack.StartAsync();
Console.WriteLine(stack.Explain(new ToeConnectRequest(new IPEndPoint(IPAddress.Loopback, 7)))); // placement HostStack

// What the card must be told, so that it takes the sockets that this stack marks and no others.
Console.WriteLine(ChelsioPolicy.Write(new ChelsioOptions { Mark = 12 })); // mark 12 => offload
