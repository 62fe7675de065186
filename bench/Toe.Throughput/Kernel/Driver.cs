using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Toe.Throughput.Ends;

namespace Toe.Throughput.Kernel;

/// <summary>
/// The measuring instrument, the same for every end: a process on the kernel's TCP that opens connections, moves bytes and looks at the
/// clock. It is asked on its standard input, and answers each line with one of its own.
/// </summary>
internal static class Driver
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(5);

    public static void Run()
    {
        while (Console.ReadLine() is { } line)
        {
            var order = DriverOrder.Parse(line);
            var before = Environment.CpuUsage.TotalTime;
            try
            {
                var values = order.Mode == Mode.Echo ? Ping(order) : Stream(order);
                Answer([.. values, (Environment.CpuUsage.TotalTime - before).TotalSeconds]);
            }
            catch (Exception exception) when (exception is SocketException or AggregateException)
            {
                Console.WriteLine("failed: " + exception.GetBaseException().Message);
            }
        }
    }

    private static void Answer(double[] values) =>
        Console.WriteLine(string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));

    /// <summary>Gbit/s.</summary>
    private static double[] Stream(DriverOrder order)
    {
        var (first, start) = OpenFirst(order.EndPoint);
        List<Socket> sockets = [first];
        while (sockets.Count < order.Connections)
        {
            sockets.Add(KernelSocket.Create());
            sockets[^1].Connect(order.EndPoint);
        }

        var flows = sockets.Select(socket => new Flow(socket, start, order)).ToList();
        var threads = flows.Select(flow => Threads.Start("flow", flow.Run)).ToList();
        threads.ForEach(thread => thread.Join());
        sockets.ForEach(socket => socket.Dispose());
        if (flows.Find(flow => flow.Failure is not null) is { } failed)
            throw failed.Failure!;
        return [flows.Sum(flow => flow.Bytes) * 8e-9 / flows.Max(flow => flow.Elapsed).TotalSeconds];
    }

    /// <summary>Microseconds of a round trip: the median and the 99th percentile.</summary>
    private static double[] Ping(DriverOrder order)
    {
        var (socket, start) = OpenFirst(order.EndPoint);
        using (socket)
        {
            var message = new byte[order.Size];
            var trips = new List<long>(1 << 20);
            var brake = new Brake();
            while (Time.GetElapsedTime(start) < order.Duration)
            {
                var sent = Time.GetTimestamp();
                socket.Send(message);
                for (var received = 0; received < message.Length;)
                {
                    var more = socket.Receive(message.AsSpan(received));
                    if (more == 0)
                        throw new SocketException((int)SocketError.ConnectionReset);
                    received += more;
                }

                if (order.Slowed)
                    brake.Pause();
                trips.Add(Time.GetTimestamp() - sent);
            }

            trips.Sort();
            return [Microseconds(trips[trips.Count / 2]), Microseconds(trips[trips.Count * 99 / 100])];
        }
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Time.TimestampFrequency;

    /// <summary>Connects as soon as the end listens; the clock starts with the connection.</summary>
    private static (Socket Socket, long Start) OpenFirst(IPEndPoint end)
    {
        var patience = Time.GetTimestamp();
        while (true)
        {
            var socket = KernelSocket.Create();
            try
            {
                socket.Connect(end);
                return (socket, Time.GetTimestamp());
            }
            catch (SocketException) when (Time.GetElapsedTime(patience) < StartPatience)
            {
                socket.Dispose();
                Task.Delay(Retry, Time).GetAwaiter().GetResult();
            }
        }
    }
}
