namespace Toe.MoveProbe;

/// <summary>Who ends its stream before the last move.</summary>
internal enum TrafficEnding
{
    /// <summary>Nobody.</summary>
    BothAfterTheMoves,

    /// <summary>The moved end: it is moved in FIN-WAIT-1 and FIN-WAIT-2.</summary>
    MovedEarly,

    /// <summary>The peer: the moved end is moved in CLOSE-WAIT.</summary>
    PeerEarly,
}
