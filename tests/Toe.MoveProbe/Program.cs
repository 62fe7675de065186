using System.Globalization;
using System.Net;
using System.Text.Json;
using Toe;
using Toe.Emulated;
using Toe.MoveProbe;

// Moves one accepted connection to and fro between the host's kernel and the engine on an interface that both share, under traffic both ways, and says in JSON
// what became of it. It runs in a namespace of its own: the kernel's end of a move is made where the process is.
// Usage: Toe.MoveProbe INTERFACE ADDRESS MOVES SEED
var (device, address, moves, seed) = (args[0], IPAddress.Parse(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture));
await using var stack = ToeStack.Create(builder => builder.AddEmulated(new EmulatedInterfaceOptions(device) { Card = new EmulatedCardOptions { Name = device } }));
await stack.StartAsync();
foreach (var refused in stack.NotTaken)
    Console.Error.WriteLine($"{refused.Device}: {refused.Reason}");
await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(address, 0)));
Console.WriteLine($"listening {listener.LocalEndPoint.Port}");
await using var connection = await listener.AcceptAsync();
var report = await new MovingConnection(connection, "emulated:" + device, seed).RunAsync(moves);
Console.WriteLine(JsonSerializer.Serialize(report, ReportJson.Default.MoveReport));
