namespace Toe.Conformance;

/// <summary>What can be done to a connection between the adapter that is tried and its peer.</summary>
internal enum PairAction
{
    WeSend, TheySend, WeReceive, TheyReceive, WeEnd, TheyEnd, WeArm, WeAsk, WeMove, WeAbort, TheyReset,
}
