namespace Toe.Throughput.Engine;

/// <summary>Takes everything, and closes when the peer has.</summary>
internal sealed class Sink(Brake? brake) : SocketHandler
{
    private const int CallSize = 256 * 1024;

    // One for each engine thread: what is received is not looked at.
    [ThreadStatic]
    private static byte[]? t_buffer;

    private long _bytes;

    /// <summary>What has been received. Any thread.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public override void Go()
    {
        t_buffer ??= GC.AllocateUninitializedArray<byte>(CallSize);
        IoStatus status;
        while ((status = Socket.TryReceive(t_buffer, out var received)) == IoStatus.Done)
        {
            Volatile.Write(ref _bytes, _bytes + received);
            brake?.Pause();
        }

        if (status == IoStatus.WouldBlock)
            Socket.Arm(Readiness.Receive);
        else
            Socket.Close();
    }
}
