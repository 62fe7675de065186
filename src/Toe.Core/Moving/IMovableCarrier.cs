namespace Toe.Moving;

/// <summary>A carrier that can give its connection up. One move at a time.</summary>
internal interface IMovableCarrier
{
    /// <summary>True when the connection below can be frozen.</summary>
    bool CanGiveUp { get; }

    /// <summary>Data calls under way and to come end with <see cref="CarrierSuspendedException"/>, without touching the connection any more.</summary>
    void Suspend();

    /// <summary>Data calls work again, or end, if the carrier was lost meanwhile.</summary>
    void Resume();

    /// <summary>Stops the connection, with no data call on it.</summary>
    /// <exception cref="Adapters.AdapterFaultException">The adapter failed, or was late; the connection runs on, or will when it answers.</exception>
    Task<IMoveSource> FreezeAsync(CancellationToken cancellationToken);

    /// <summary>The move failed: the frozen connection runs on here.</summary>
    Task ThawAsync(IMoveSource source);

    /// <summary>The connection runs elsewhere: forgets it in silence, in the background.</summary>
    /// <returns>When it is forgotten.</returns>
    Task GiveUp(IMoveSource source);
}
