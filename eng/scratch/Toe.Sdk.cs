#:package Toe.Sdk@*

using System.Net;
using System.Text;
using Toe;
using Toe.Chelsio;
using Toe.Emulated;
using Toe.QLogic;

// In order of preference; adapters that are not there are not used.
await using var stack = ToeStack.Create(toe => toe.AddChelsio(options => options.Mark = 12).AddQLogic().AddEmulated());
await stack.StartAsync();

await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)));
await using var client = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint));
await using var server = await listener.AcceptAsync();

await client.SendAsync(Encoding.UTF8.GetBytes("hello"));
var buffer = new byte[16];
Console.WriteLine(Encoding.UTF8.GetString(buffer, 0, await server.ReceiveAsync(buffer))); // hello
Console.WriteLine(client.Placement.AdapterId); // emulated:fabric
