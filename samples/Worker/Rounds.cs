using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Toe;

namespace Worker;

/// <summary>Opens a connection in each round, sends something there and back, says where it ran, and ends the program after the last.</summary>
internal sealed class Rounds(IToeStack stack, IOptions<WorkerOptions> options, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), stoppingToken);
        using var pause = new PeriodicTimer(options.Value.Pause);
        for (var round = 1; round <= options.Value.Rounds; round++)
        {
            var echoing = EchoOnceAsync(listener, stoppingToken);
            await using (var connection = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint), stoppingToken))
            {
                Console.WriteLine($"round {round}: {connection.Placement}, {await ThereAndBackAsync(connection, stoppingToken)} bytes came back");
            }

            await echoing;
            await pause.WaitForNextTickAsync(stoppingToken);
        }

        lifetime.StopApplication();
    }

    private static async Task<int> ThereAndBackAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        var message = new byte[64 * 1024];
        await connection.SendAsync(message, cancellationToken);
        await connection.CompleteSendingAsync(cancellationToken);
        var received = 0;
        while (await connection.ReceiveAsync(message, cancellationToken) is > 0 and var bytes)
            received += bytes;
        return received;
    }

    private static async Task EchoOnceAsync(ToeListener listener, CancellationToken cancellationToken)
    {
        await using var connection = await listener.AcceptAsync(cancellationToken);
        await connection.AsStream().CopyToAsync(connection.AsStream(), cancellationToken);
        await connection.CompleteSendingAsync(cancellationToken);
    }
}
