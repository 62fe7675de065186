#:package Toe.Core@*
#:package Toe.Emulated@*

using System.Net;
using Toe;
using Toe.Emulated;
using Toe.Emulated.Links;

using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
var cancellationToken = deadline.Token;

var provider = new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric() }]);
await using var stack = ToeStack.Create(builder => builder.AddEmulated(provider));
await stack.StartAsync(cancellationToken);
var card = provider.Cards[0];

await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), cancellationToken);
await using var client = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint), cancellationToken);
await using var server = await listener.AcceptAsync(cancellationToken);
Console.WriteLine(client.Placement.AdapterId); // emulated:fabric

card.Crash();
try
{
    await client.ReceiveAsync(new byte[1], cancellationToken); // Ends at once: a dead card never leaves its connections hanging.
}
catch (ToeConnectionLostException lost)
{
    Console.WriteLine(lost.Reason); // Health.Failed (the firmware crashed)
}

await using var second = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint), cancellationToken);
Console.WriteLine(second.Trace); // placement HostStack
await MoveAsync(cancellationToken);

static async Task MoveAsync(CancellationToken cancellationToken)
{
    var fabric = new Fabric();
    await using var stack = ToeStack.Create(builder => builder.AddEmulated(
        new EmulatedFabricOptions { Fabric = fabric }, new EmulatedFabricOptions { Fabric = fabric, Card = new EmulatedCardOptions { Name = "second" } }));
    await stack.StartAsync(cancellationToken);
    await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), cancellationToken);
    await using var connection = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint), cancellationToken);

    var refusal = await connection.MoveAsync("emulated:second", cancellationToken);
    Console.WriteLine(refusal.IsNone ? connection.Placement.AdapterId : refusal); // emulated:second
}
