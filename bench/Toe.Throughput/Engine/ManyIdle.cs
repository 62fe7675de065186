using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>A million connections held at once, both ends in this process.</summary>
internal static class ManyIdle
{
    private const int Connections = 1_000_000;
    private const int AtOnce = 1000;
    private const int Addresses = 128;

    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly IPEndPoint ServerEndPoint = IPEndPoint.Parse("10.0.1.1:80");

    /// <summary>Resident bytes of the process for one end, default options.</summary>
    public static double Bytes()
    {
        var before = Resident();
        var (up, down) = (new Wire(), new Wire());
        var (client, server) = (new TcpEngine(new TcpEngineOptions(), up), new TcpEngine(new TcpEngineOptions(), down));
        server.Listen(ServerEndPoint, 2 * AtOnce, new TcpSocketOptions(), new IdleListener());
        Open();
        var bytes = Resident() - before;
        if (client.Statistics.Connections != Connections || server.Statistics.Connections != Connections)
            throw new InvalidOperationException($"{client.Statistics.Connections} and {server.Statistics.Connections} connections are held.");
        return bytes / (2.0 * Connections);

        void Open()
        {
            var locals = Enumerable.Range(1, Addresses).Select(number => new IPEndPoint(new IPAddress([10, 0, 0, (byte)number]), 0)).ToArray();
            var (options, start, begun, connected) = (new TcpSocketOptions(), Time.GetTimestamp(), 0, 0);
            void Connected() => connected++;
            while (connected < Connections)
            {
                for (; begun < Connections && begun - connected < AtOnce; begun++)
                {
                    var end = new Idle(Connected);
                    end.Socket = client.Connect(locals[begun % Addresses], ServerEndPoint, options, end);
                }

                var now = Time.GetElapsedTime(start);
                client.Advance(now);
                up.Deliver(server, now);
                server.Advance(now);
                down.Deliver(client, now);
            }
        }
    }

    private static long Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }
}
