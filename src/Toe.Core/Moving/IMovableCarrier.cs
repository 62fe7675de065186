namespace Toe.Moving;

/// <summary>A carrier that may give its connection up. One move at a time.</summary>
internal interface IMovableCarrier
{
    /// <summary>Why the connection below cannot be frozen; <see cref="ToeReason.None"/> when it can.</summary>
    ToeReason GiveUpRefusal { get; }

    /// <summary>What must be done while the connection still runs.</summary>
    /// <returns><see cref="ToeReason.None"/>, or why it cannot leave.</returns>
    ToeReason PrepareToGiveUp(IConnectionTracking tracking);

    /// <summary>Data calls under way and to come end with <see cref="CarrierSuspendedException"/>, without touching the connection any more.</summary>
    void Suspend();

    /// <summary>Data calls work again, or end, if the carrier was lost meanwhile.</summary>
    void Resume();

    /// <summary>Stops the connection, with no data call on it.</summary>
    /// <exception cref="Adapters.AdapterFaultException">The adapter failed, or was late; the connection runs on, or will when it answers.</exception>
    /// <exception cref="MoveRefusedException">The host stack refuses; the connection runs on.</exception>
    Task<IMoveSource> FreezeAsync(CancellationToken cancellationToken);

    /// <summary>Asked immediately before the connection runs elsewhere.</summary>
    /// <returns><see cref="ToeReason.None"/> while the frozen state is the whole truth.</returns>
    ToeReason CheckFrozen(IMoveSource source);

    /// <summary>The move failed: the frozen connection runs on here.</summary>
    Task ThawAsync(IMoveSource source);

    /// <summary>The connection runs elsewhere: forgets it in silence, in the background.</summary>
    /// <returns>When it is forgotten.</returns>
    Task GiveUp(IMoveSource source);
}
