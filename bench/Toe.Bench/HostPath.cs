using System.Net;
using System.Net.Sockets;

namespace Toe.Bench;

/// <summary>The stack's host path against a bare socket, over loopback.</summary>
internal static class HostPath
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(400);

    private delegate ValueTask<int> Receive(Memory<byte> buffer);

    private delegate ValueTask Send(ReadOnlyMemory<byte> buffer);

    public static IReadOnlyList<Row> Rows { get; } =
    [
        new("host.throughput", "B/s", slowed => WithStackAsync(64 * 1024, StreamAsync, slowed), () => WithSocketsAsync(64 * 1024, StreamAsync)),
        new("host.roundtrip", "1/s", slowed => WithStackAsync(1, PingAsync, slowed), () => WithSocketsAsync(1, PingAsync)),
    ];

    private static async Task<double> WithStackAsync(int size, Func<int, Receive, Send, Receive, Send, Task<double>> measure, bool slowed)
    {
        await using var stack = ToeStack.Create();
        await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)));
        await using var client = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint));
        await using var server = await listener.AcceptAsync();
        Send send = buffer => client.SendAsync(buffer);
        Receive receive = buffer => client.ReceiveAsync(buffer);
        return await measure(size, receive, slowed ? Slow(send) : send, buffer => server.ReceiveAsync(buffer), buffer => server.SendAsync(buffer));
    }

    private static async Task<double> WithSocketsAsync(int size, Func<int, Receive, Send, Receive, Send, Task<double>> measure)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.LocalEndPoint!);
        using var server = await listener.AcceptAsync();
        server.NoDelay = true;
        return await measure(size, buffer => client.ReceiveAsync(buffer), SendOn(client), buffer => server.ReceiveAsync(buffer), SendOn(server));

        static Send SendOn(Socket socket) => buffer =>
        {
            var sending = socket.SendAsync(buffer);
            return sending.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(sending.AsTask());
        };
    }

    /// <summary>Spends a ninth of the time between two calls on nothing, so that the whole takes a tenth longer.</summary>
    private static Send Slow(Send send)
    {
        var last = Time.GetTimestamp();
        return async buffer =>
        {
            await send(buffer);
            var pause = Time.GetElapsedTime(last) / 9;
            for (var start = Time.GetTimestamp(); Time.GetElapsedTime(start) < pause;)
                Thread.SpinWait(8);
            last = Time.GetTimestamp();
        };
    }

    private static async Task<double> StreamAsync(int size, Receive clientReceive, Send clientSend, Receive serverReceive, Send serverSend)
    {
        var start = Time.GetTimestamp();
        var sending = Task.Run(async () =>
        {
            var buffer = new byte[size];
            while (Time.GetElapsedTime(start) < Duration)
                await clientSend(buffer);
            await clientSend(new byte[] { 1 }); // Ends the receiver below together with the time.
        });
        long received = 0;
        var target = new byte[size];
        var receiving = Task.Run(async () =>
        {
            while (Time.GetElapsedTime(start) < Duration)
                received += await serverReceive(target);
            return received / Time.GetElapsedTime(start).TotalSeconds;
        });
        var rate = await receiving;
        while (!sending.IsCompleted)
            await serverReceive(target);
        await sending;
        return rate;
    }

    private static async Task<double> PingAsync(int size, Receive clientReceive, Send clientSend, Receive serverReceive, Send serverSend)
    {
        const int Last = 255;
        var echoing = Task.Run(async () =>
        {
            var one = new byte[size];
            do
            {
                await serverReceive(one);
                await serverSend(one);
            }
            while (one[0] != Last);
        });
        var ball = new byte[size];
        long trips = 0;
        var start = Time.GetTimestamp();
        while (Time.GetElapsedTime(start) < Duration)
        {
            await clientSend(ball);
            await clientReceive(ball);
            trips++;
        }

        var rate = trips / Time.GetElapsedTime(start).TotalSeconds;
        ball[0] = Last;
        await clientSend(ball);
        await clientReceive(ball);
        await echoing;
        return rate;
    }
}
