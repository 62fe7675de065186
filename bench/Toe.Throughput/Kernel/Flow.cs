using System.Net.Sockets;
using Toe.Throughput.Ends;

namespace Toe.Throughput.Kernel;

/// <summary>One of the driver's connections, on a thread of its own.</summary>
internal sealed class Flow(Socket socket, long start, DriverOrder order)
{
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(KernelSocket.CallSize);
    private readonly Brake? _brake = order.Slowed ? new Brake() : null;

    /// <summary>What counts: sent and taken by the end, or received in time.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the last of them was.</summary>
    public TimeSpan Elapsed { get; private set; }

    public SocketException? Failure { get; private set; }

    private TimeSpan Now => Time.GetElapsedTime(start);

    public void Run()
    {
        try
        {
            if (order.Mode == Mode.Sink)
                Send();
            else
                Receive();
        }
        catch (SocketException failure)
        {
            Failure = failure;
        }
    }

    /// <summary>The end's FIN says that it has taken everything.</summary>
    private void Send()
    {
        while (Now < order.Duration)
        {
            Bytes += socket.Send(_buffer);
            _brake?.Pause();
        }

        socket.Shutdown(SocketShutdown.Send);
        socket.Receive(_buffer);
        Elapsed = Now;
    }

    /// <summary>Our FIN says that it was enough; what is under way then is not counted.</summary>
    private void Receive()
    {
        int received;
        do
        {
            received = socket.Receive(_buffer);
            Bytes += received;
            Elapsed = Now;
            _brake?.Pause();
        }
        while (received > 0 && Elapsed < order.Duration);

        socket.Shutdown(SocketShutdown.Send);
        while (received > 0)
            received = socket.Receive(_buffer);
    }
}
