using System.Net;
using System.Net.Sockets;
using Streams;
using Toe;
using Toe.Emulated;

// Usage: dotnet run --project samples/Streams
// One listener, which sends everything back, and three clients: a stream with TLS above it, a pipe, and a plain socket that the stack adopts.
string[] lines = ["one", "two", "three"];
using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
await using var stack = ToeStack.Create(static builder => builder.AddEmulated());
await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), limit.Token);

using var certificate = SelfMadeCertificate.Create();
var echoing = StreamLines.EchoOnceAsync(listener, certificate, limit.Token);
await using var byStream = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint), limit.Token);
var good = Show("Stream with TLS", byStream, await StreamLines.ThereAndBackAsync(byStream, certificate, lines, limit.Token));
await echoing;

echoing = PipeLines.EchoOnceAsync(listener, limit.Token);
await using var byPipe = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint), limit.Token);
good &= Show("IDuplexPipe", byPipe, await PipeLines.ThereAndBackAsync(byPipe.AsPipe(), lines, limit.Token));
await echoing;

echoing = PipeLines.EchoOnceAsync(listener, limit.Token);
var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
await socket.ConnectAsync(listener.LocalEndPoint, limit.Token);
await using var adopted = await stack.AdoptAsync(socket, limit.Token); // The socket is the stack's from here on.
good &= Show("adopted socket", adopted, await PipeLines.ThereAndBackAsync(adopted.AsPipe(), lines, limit.Token));
await echoing;
return good ? 0 : 1;

bool Show(string client, ToeConnection connection, List<string> back)
{
    Console.WriteLine($"{client}: {back.Count} lines on {connection.Placement}");
    return back.SequenceEqual(lines);
}
