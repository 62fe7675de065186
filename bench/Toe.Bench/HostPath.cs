using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Toe.Bench;

/// <summary>The stack's host path against a bare socket, over loopback.</summary>
internal static class HostPath
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(900);

    // One algorithm on all sides: BBR, some machines' default, paces loopback and sometimes locks low.
    private const string CongestionControl = "cubic";

    private static ToeSocketOptions Options { get; } = new() { CongestionControl = CongestionControl };

    private delegate ValueTask<int> Receive(Memory<byte> buffer);

    private delegate ValueTask Send(ReadOnlyMemory<byte> buffer);

    public static IReadOnlyList<Row> Rows { get; } =
    [
        new("host.throughput", "B/s", slowed => WithStackAsync(StreamAsync, slowed ? SlowStream : Same), () => WithSocketsAsync(StreamAsync)),
        new("host.roundtrip", "1/s", slowed => WithStackAsync(PingAsync, slowed ? SlowPing : Same), () => WithSocketsAsync(PingAsync)),
    ];

    private static async Task<double> WithStackAsync(Func<Calls, Task<double>> measure, Func<Calls, Calls> plant)
    {
        await using var stack = ToeStack.Create();
        await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)) { Options = Options });
        await using var client = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint) { Options = Options });
        await using var server = await listener.AcceptAsync();
        return await measure(plant(new Calls(
            buffer => client.ReceiveAsync(buffer), buffer => client.SendAsync(buffer), buffer => server.ReceiveAsync(buffer), buffer => server.SendAsync(buffer))));
    }

    private static async Task<double> WithSocketsAsync(Func<Calls, Task<double>> measure)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Tune(listener);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Tune(client);
        await client.ConnectAsync(listener.LocalEndPoint!);
        using var server = await listener.AcceptAsync();
        server.NoDelay = true;
        Tune(server);
        return await measure(new Calls(buffer => client.ReceiveAsync(buffer), SendOn(client), buffer => server.ReceiveAsync(buffer), SendOn(server)));

        static Send SendOn(Socket socket) => buffer =>
        {
            var sending = socket.SendAsync(buffer);
            return sending.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(sending.AsTask());
        };
    }

    private static void Tune(Socket socket) =>
        socket.SetRawSocketOption(optionLevel: 6, optionName: 13, Encoding.ASCII.GetBytes(CongestionControl)); // IPPROTO_TCP, TCP_CONGESTION, linux/tcp.h

    private static Calls Same(Calls calls) => calls;

    /// <summary>Both ends work at the same time: each takes a tenth longer.</summary>
    private static Calls SlowStream(Calls calls)
    {
        var (sender, receiver) = (new Brake(), new Brake());
        return calls with
        {
            ClientSend = async buffer =>
            {
                await calls.ClientSend(buffer);
                sender.Pause();
            },
            ServerReceive = async buffer =>
            {
                var received = await calls.ServerReceive(buffer);
                receiver.Pause();
                return received;
            },
        };
    }

    /// <summary>The ends work in turns: one of them makes the whole trip a tenth longer.</summary>
    private static Calls SlowPing(Calls calls)
    {
        var brake = new Brake();
        return calls with
        {
            ClientReceive = async buffer =>
            {
                var received = await calls.ClientReceive(buffer);
                brake.Pause();
                return received;
            },
        };
    }

    private static async Task<double> StreamAsync(Calls calls)
    {
        const int Size = 64 * 1024;
        const byte Last = 1;
        var start = Time.GetTimestamp();
        var sending = Task.Run(async () =>
        {
            var buffer = new byte[Size];
            while (Time.GetElapsedTime(start) < Duration)
                await calls.ClientSend(buffer);
            await calls.ClientSend(new[] { Last });
        });
        long received = 0;
        var target = new byte[Size];
        int count;
        do
        {
            count = await calls.ServerReceive(target);
            received += count;
        }
        while (target[count - 1] != Last);
        var rate = received / Time.GetElapsedTime(start).TotalSeconds;
        await sending;
        return rate;
    }

    private static async Task<double> PingAsync(Calls calls)
    {
        const int Last = 255;
        var echoing = Task.Run(async () =>
        {
            var one = new byte[1];
            do
            {
                await calls.ServerReceive(one);
                await calls.ServerSend(one);
            }
            while (one[0] != Last);
        });
        var ball = new byte[1];
        long trips = 0;
        var start = Time.GetTimestamp();
        while (Time.GetElapsedTime(start) < Duration)
        {
            await calls.ClientSend(ball);
            await calls.ClientReceive(ball);
            trips++;
        }

        var rate = trips / Time.GetElapsedTime(start).TotalSeconds;
        ball[0] = Last;
        await calls.ClientSend(ball);
        await calls.ClientReceive(ball);
        await echoing;
        return rate;
    }

    private sealed record Calls(Receive ClientReceive, Send ClientSend, Receive ServerReceive, Send ServerSend);
}
