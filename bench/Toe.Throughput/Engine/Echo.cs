namespace Toe.Throughput.Engine;

/// <summary>Sends back what comes. What comes is less than a send buffer.</summary>
internal sealed class Echo : SocketHandler
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    public override void Go()
    {
        IoStatus status;
        while ((status = Socket.TryReceive(_buffer, out var received)) == IoStatus.Done)
            Socket.TrySend(_buffer.AsSpan(0, received), out _);
        if (status == IoStatus.WouldBlock)
            Socket.Arm(Readiness.Receive);
        else
            Socket.Close();
    }
}
