namespace Toe.Emulated.Tcp.Recovery;

/// <summary>What a sender is about.</summary>
internal enum RecoveryPhase : byte
{
    /// <summary>Nothing is known to be lost.</summary>
    Open,

    /// <summary>Fast recovery: what is lost goes again while the rest arrives (RFC 5681 §3.2).</summary>
    FastRecovery,

    /// <summary>After a retransmission time-out, until all that was in flight then has arrived.</summary>
    Timeout,
}
