using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Throughput.Stack;

/// <summary>A stack with an emulated card on a fabric of its own, and connections of the application's interface over it.</summary>
internal sealed class FabricStack : IAsyncDisposable
{
    private const int Addresses = 16;
    private const int AtOnce = 64;
    private const int TableSize = 1 << 20; // A quarter of it may be in TIME-WAIT: more than a second of connections.

    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly IPAddress ServerAddress = IPAddress.Parse("127.0.1.1");

    private readonly ToeStack _stack;
    private readonly ToeListener _listener;
    private int _opened;

    private FabricStack(ToeStack stack, ToeListener listener) => (_stack, _listener) = (stack, listener);

    /// <summary>Connections per second: open, accept, a FIN each way, TIME-WAIT.</summary>
    /// <param name="duration">How long.</param>
    public static async Task<double> ConnectionsAsync(TimeSpan duration)
    {
        await using var stack = await CreateAsync(bufferSize: 4096);
        var start = Time.GetTimestamp();
        var accepting = stack.CloseAcceptedAsync();
        var opening = Enumerable.Range(0, AtOnce).Select(_ => Task.Run(() => stack.OpenAndCloseAsync(start, duration))).ToArray();
        var done = (await Task.WhenAll(opening)).Sum();
        var rate = done / Time.GetElapsedTime(start).TotalSeconds;
        await stack._listener.DisposeAsync();
        await accepting;
        return rate;
    }

    /// <summary>Bytes of the managed heap for one end of a connection, with the engine's default buffers.</summary>
    public static async Task<double> IdleBytesAsync()
    {
        const int Connections = 1000;
        await using var stack = await CreateAsync(bufferSize: 256 * 1024);
        var kept = new List<ToeConnection>(2 * Connections);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var number = 0; number < Connections; number++)
        {
            var accepting = stack._listener.AcceptAsync();
            kept.Add(await stack.ConnectAsync());
            kept.Add(await accepting);
        }

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        foreach (var connection in kept)
            await connection.DisposeAsync();
        return bytes / (2.0 * Connections);
    }

    public ValueTask DisposeAsync() => _stack.DisposeAsync();

    private static async Task<FabricStack> CreateAsync(int bufferSize)
    {
        var stack = ToeStack.Create(builder =>
        {
            builder.AddEmulated(new EmulatedFabricOptions
            {
                Fabric = new Fabric(),
                Card = new EmulatedCardOptions { BufferSize = bufferSize, Profile = new CardProfile { Connections = TableSize } },
            });
            builder.Services.Configure<ToeOptions>(options => options.Diagnostics.Endpoint = false);
        });
        await stack.StartAsync();
        return new FabricStack(stack, await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(ServerAddress, 0))));
    }

    private async Task<ToeConnection> ConnectAsync()
    {
        var local = new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + (Interlocked.Increment(ref _opened) % Addresses))]), 0);
        var connection = await _stack.ConnectAsync(new ToeConnectRequest(_listener.LocalEndPoint) { Local = local, Mode = ToeMode.Require });
        return connection;
    }

    private async Task<int> OpenAndCloseAsync(long start, TimeSpan duration)
    {
        var done = 0;
        var nothing = new byte[1];
        for (; Time.GetElapsedTime(start) < duration; done++)
        {
            await using var connection = await ConnectAsync();
            await connection.CompleteSendingAsync();
            if (await connection.ReceiveAsync(nothing) != 0)
                throw new InvalidOperationException("The server sent something.");
        }

        return done;
    }

    private async Task CloseAcceptedAsync()
    {
        while (true)
        {
            ToeConnection connection;
            try
            {
                connection = await _listener.AcceptAsync();
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => CloseAsync(connection));
        }
    }

    private static async Task CloseAsync(ToeConnection connection)
    {
        await using (connection)
            await connection.ReceiveAsync(new byte[1]);
    }
}
