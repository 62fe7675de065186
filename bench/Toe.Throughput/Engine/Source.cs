namespace Toe.Throughput.Engine;

/// <summary>Sends until the peer has sent its FIN.</summary>
internal sealed class Source(Brake? brake) : SocketHandler
{
    private static readonly byte[] Block = new byte[256 * 1024];

    private readonly byte[] _nothing = new byte[1];

    public override void Go()
    {
        if (Socket.TryReceive(_nothing, out _) is not (IoStatus.Done or IoStatus.WouldBlock))
        {
            Socket.Close();
            return;
        }

        while (Socket.TrySend(Block, out _) == IoStatus.Done)
            brake?.Pause();
        Socket.Arm(Readiness.Receive | Readiness.Send);
    }
}
