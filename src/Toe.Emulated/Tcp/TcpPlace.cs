using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>A tuple kept free for a connection that is about to come from another carrier, with what arrives for it meanwhile. Made by <see cref="TcpEngine.Prepare"/>; owner thread only.</summary>
internal sealed class TcpPlace : TcpEndpoint
{
    public TcpPlace(TcpEngine engine, in FourTuple tuple) : base(engine, tuple) => Kept = new KeptPackets();

    /// <summary>The connection, from its import to its activation.</summary>
    public TcpConnection? Connection { get; set; }

    public override void OnSegment(ref Segment segment)
    {
        // Never called: what arrives is kept.
    }

    public override void OnTimer()
    {
        // Has no deadline.
    }
}
