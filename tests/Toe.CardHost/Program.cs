using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Toe;
using Toe.Emulated;
using Toe.Emulated.Links;

// A program with several cards on one fabric, for the tool to act upon: the fabric lives inside one process.
// Arguments: the profiles of its cards. It makes one connection to itself, says so, and does what the lines of its standard input say:
// "send BYTES" sends random bytes and writes them in hexadecimal when they have arrived; "connect" makes another connection.
var fabric = new Fabric();
await using var stack = ToeStack.Create(builder =>
{
    builder.Services.AddLogging(logging => logging.AddSimpleConsole(static console => console.SingleLine = true));
    builder.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    builder.AddEmulated([.. args.Select((profile, index) => new EmulatedFabricOptions
    {
        Fabric = fabric,
        Card = new EmulatedCardOptions { Name = $"card{index}", Profile = CardProfile.Find(profile)! },
    })]);
});
await stack.StartAsync();
await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)));
var (client, server) = await ConnectAsync();
while (await Console.In.ReadLineAsync() is { } line)
{
    if (line == "connect")
        await ConnectAsync();
    else if (line.Split(' ') is ["send", var bytes])
        await SendAsync(int.Parse(bytes, System.Globalization.CultureInfo.InvariantCulture));
}

async Task<(ToeConnection Client, ToeConnection Server)> ConnectAsync()
{
    var accepting = listener.AcceptAsync().AsTask();
    var connection = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint));
    var accepted = await accepting;
    Console.WriteLine($"connected {connection.Id} {connection.Placement.AdapterId} {accepted.Id} {accepted.Placement.AdapterId}");
    return (connection, accepted);
}

async Task SendAsync(int count)
{
    var sent = RandomNumberGenerator.GetBytes(count);
    var sending = client.SendAsync(sent).AsTask();
    var received = new byte[count];
    for (var at = 0; at < count;)
        at += await server.ReceiveAsync(received.AsMemory(at));
    await sending;
    Console.WriteLine($"sent {sent.Length} {Convert.ToHexStringLower(sent)} {received.SequenceEqual(sent)}");
}
