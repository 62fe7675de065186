using System.Globalization;
using System.Net;
using RedisOverToe;
using StackExchange.Redis;
using Toe;
using Toe.Emulated;

// Usage: dotnet run --project samples/RedisOverToe
// Where it may make a network of its own (root, or user namespaces and /dev/net/tun), the program starts itself again in there: the kernel with redis-server on one end of a TAP device, the
// software TOE on the other. Elsewhere the server is at the loopback address, which no card reaches, and the connections run on the host stack.
if (!RedisServer.IsInstalled)
{
    Console.Error.WriteLine("This sample needs redis-server (Debian: apt-get install redis-server).");
    return 1;
}

try
{
    if (args is [PrivateNetwork.Inside])
        return await InPrivateNetworkAsync();
    if (await PrivateNetwork.ObstacleAsync() is not { } obstacle)
        return await PrivateNetwork.RunInsideAsync();
    Console.WriteLine($"no network of its own ({obstacle}): redis-server is at the loopback address");
    await using var stack = ToeStack.Create(static builder => builder.AddEmulated());
    return await RunAsync(stack, IPAddress.Loopback);
}
catch (Exception exception)
{
    Console.Error.WriteLine($"failed: {exception.Message}");
    return 1;
}

static async Task<int> InPrivateNetworkAsync()
{
    await PrivateNetwork.MakeTapAsync();
    await using var stack = ToeStack.Create(static builder => builder.AddEmulated(new EmulatedTapOptions(PrivateNetwork.Tap, [PrivateNetwork.CardAddress])
    {
        Card = new EmulatedCardOptions { Name = "tap" },
    }));
    return await RunAsync(stack, PrivateNetwork.KernelAddress);
}

static async Task<int> RunAsync(ToeStack stack, IPAddress address)
{
    await stack.StartAsync();
    await using var server = await RedisServer.StartAsync(address);
    var options = new ConfigurationOptions { EndPoints = { server.EndPoint }, Tunnel = new ToeTunnel(stack), ConnectTimeout = 5000 };
    await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
    var database = redis.GetDatabase();

    await database.StringSetAsync("greeting", "hello over a TOE");
    var sums = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => database.StringIncrementAsync("counter")));
    Console.WriteLine($"redis-server at {server.EndPoint} says \"{await database.StringGetAsync("greeting")}\" and counted to {sums.Max()}");

    foreach (var connection in stack.Connections.Select(static connection => connection.GetInfo()))
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{connection.Local} to {connection.Remote}: {connection.Placement}, {connection.BytesSent} bytes sent, {connection.BytesReceived} received"));
    }

    return sums.Max() == 1000 ? 0 : 1;
}
