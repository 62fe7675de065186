using Grpc.Net.Client;
using GrpcOverToe;
using Toe;
using Toe.Emulated;

// Usage: dotnet run --project samples/GrpcOverToe
// Server and client in this process, on the fabric between them. The card crashes below a call; the channel connects anew, and finds the host stack.
const string Card = "emulated:fabric";
try
{
    using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
    var provider = new EmulatedProvider(); // Kept at hand to crash its card.
    await using var server = SumsServer.Build(provider);
    await server.StartAsync(limit.Token);

    var stack = server.Services.GetRequiredService<IToeStack>();
    using var channel = GrpcChannel.ForAddress(server.Urls.Single(), new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler().UseToe(stack), DisposeHttpClient = true });
    var calls = new Calls(new Sums.SumsClient(channel), stack, limit.Token);

    var good = Show(await calls.UnaryAsync("unary"), Card);
    good &= Show(await calls.ServerStreamingAsync(), Card);
    good &= Show(await calls.DuplexStreamingAsync(), Card);
    good &= Show(await calls.DeadlineAsync(), Card);
    good &= Show(await calls.CancellationAsync(), Card);
    good &= Show(await calls.CrashAsync(provider.Cards[0].Crash), Card);
    good &= Show(await calls.UnaryAsync("next unary"), "HostStack");

    await server.StopAsync(limit.Token);
    Console.WriteLine(good ? "all was as expected" : "something was NOT as expected, see above");
    return good ? 0 : 1;
}
catch (Exception exception)
{
    Console.Error.WriteLine($"failed: {exception.Message}");
    return 1;
}

static bool Show(Outcome outcome, string placement)
{
    Console.WriteLine(outcome);
    return outcome.IsRightOn(placement);
}
