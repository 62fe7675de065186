using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe.Throughput.Ends;

namespace Toe.Throughput.Stack;

/// <summary>The whole stack as an end: an emulated card on one device, connections of the application's interface.</summary>
internal static class StackServer
{
    private const int CallSize = 64 * 1024;

    /// <summary>Starts.</summary>
    /// <param name="addCard">Gives the stack its card.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="inline">True to run continuations on the card's thread.</param>
    public static async Task StartAsync(Action<IToeBuilder> addCard, IPAddress address, bool inline)
    {
        var stack = ToeStack.Create(builder =>
        {
            addCard(builder);
            builder.Services.Configure<ToeOptions>(options =>
            {
                options.PreferInlineScheduling = inline;
                options.Diagnostics.Endpoint = false;
            });
        });
        await stack.StartAsync();
        foreach (var slowed in (bool[])[false, true])
        {
            await ListenAsync(stack, address, Mode.Sink, slowed, connection => TakeAsync(connection, BrakeOf(slowed)));
            await ListenAsync(stack, address, Mode.Source, slowed, connection => GiveAsync(connection, BrakeOf(slowed)));
        }

        await ListenAsync(stack, address, Mode.Echo, slowed: false, EchoAsync);
    }

    private static Brake? BrakeOf(bool slowed) => slowed ? new Brake() : null;

    private static async Task ListenAsync(ToeStack stack, IPAddress address, Mode mode, bool slowed, Func<ToeConnection, Task> serve)
    {
        var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(address, Port.Of(mode, slowed))) { Mode = ToeMode.Require });
        _ = AcceptAsync(listener, serve);
    }

    private static async Task AcceptAsync(ToeListener listener, Func<ToeConnection, Task> serve)
    {
        while (true)
            _ = ServeAsync(await listener.AcceptAsync(), serve);
    }

    private static async Task ServeAsync(ToeConnection connection, Func<ToeConnection, Task> serve)
    {
        await using (connection)
            await serve(connection);
    }

    private static async Task EchoAsync(ToeConnection connection)
    {
        var buffer = new byte[CallSize];
        int received;
        while ((received = await connection.ReceiveAsync(buffer)) > 0)
            await connection.SendAsync(buffer.AsMemory(0, received));
    }

    private static async Task TakeAsync(ToeConnection connection, Brake? brake)
    {
        var buffer = new byte[4 * CallSize];
        while (await connection.ReceiveAsync(buffer) > 0)
            brake?.Pause();
    }

    private static async Task GiveAsync(ToeConnection connection, Brake? brake)
    {
        var block = new byte[4 * CallSize];
        var ended = connection.ReceiveAsync(new byte[1]).AsTask();
        while (!ended.IsCompleted)
        {
            await connection.SendAsync(block);
            brake?.Pause();
        }
    }
}
