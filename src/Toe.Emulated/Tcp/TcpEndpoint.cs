using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>What occupies a four-tuple: a connection, or what is left of one in TIME-WAIT.</summary>
internal abstract class TcpEndpoint(TcpEngine engine, in FourTuple tuple) : TimerNode
{
    private readonly FourTuple _tuple = tuple;

    /// <summary>The pseudo-header's sum, the same for every segment.</summary>
    public ulong PseudoHeader { get; } = InternetChecksum.PseudoHeader(tuple.Local, tuple.Remote, IpProtocol.Tcp);

    public ref readonly FourTuple Tuple => ref _tuple;

    /// <summary>Where packets for the tuple wait while nobody may take them; null while somebody may.</summary>
    public KeptPackets? Kept { get; protected set; }

    public TcpEngine Engine { get; } = engine;

    public abstract void OnSegment(ref Segment segment);
}
