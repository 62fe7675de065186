using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Toe;
using Toe.Emulated;
using Toe.MoveProbe;

// Moves accepted connections to and fro between the host's kernel and the engine on an interface that both share, one after the other, under traffic both ways,
// and says of each in JSON what became of it. It runs in a namespace of its own: the kernel's end of a move is made where the process is.
// Usage: Toe.MoveProbe INTERFACE ADDRESS MOVES SEED [CONNECTIONS [full|varied|echo|commands [adopted] [Toe:OPTION=VALUE]…]]
var (device, address, moves, seed) = (args[0], IPAddress.Parse(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture));
var connections = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 1;
var traffic = args.Length > 5 ? args[5] : "full";
const int Usual = 1 << 20, Large = 5 << 20; // So that 4 MiB may be queued each way.
var card = new EmulatedCardOptions { Name = device, BufferSize = traffic == "commands" ? Large : Usual };
var provider = new EmulatedProvider([new EmulatedInterfaceOptions(device) { Card = card }]);
var settings = new ConfigurationBuilder().AddInMemoryCollection(args.Skip(6).Where(Setting.IsOne).Select(Setting.Parse)).Build();
await using var stack = ToeStack.Create(builder =>
{
    builder.Services.AddSingleton<IConfiguration>(settings);
    builder.AddEmulated(provider);
});
await stack.StartAsync();
foreach (var refused in stack.NotTaken)
    Console.Error.WriteLine($"{refused.Device}: {refused.Reason}");
using var meter = new MoveMeter();
await using IAcceptor listener = args.Contains("adopted") ? new AdoptingAcceptor(stack, address) : await StackAcceptor.ListenAsync(stack, address);
Console.WriteLine($"listening {listener.Port}");
for (var number = 0; number < connections; number++)
{
    await using var connection = await listener.AcceptAsync();
    var report = new MoveReport(seed + number);
    meter.Begin(report);
    void Moved() => Console.WriteLine($"moved {report.Seed}.");
    await (traffic switch
    {
        "echo" => new EchoingConnection(connection, "emulated:" + device, report).RunAsync(moves, Moved),
        "commands" => new CommandedConnection(connection, provider.Cards[0], settings, report).RunAsync(),
        "varied" => new MovingConnection(connection, "emulated:" + device, Traffic.Of(report.Seed), report).RunAsync(moves, Moved),
        _ => new MovingConnection(connection, "emulated:" + device, Traffic.Full, report).RunAsync(moves, Moved),
    });
    Console.WriteLine("report " + JsonSerializer.Serialize(report, ReportJson.Default.MoveReport));
}
