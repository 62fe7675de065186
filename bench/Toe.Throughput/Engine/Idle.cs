namespace Toe.Throughput.Engine;

/// <summary>Waits for what never comes.</summary>
internal sealed class Idle : SocketHandler
{
    public override void Go() => Socket.Arm(Readiness.Receive);
}
