using Toe.Connections;

namespace Toe.Moving;

/// <summary>Where a move goes. One move.</summary>
internal interface IMoveDestination
{
    /// <summary>Reserves what the connection needs, while it still runs where it is.</summary>
    /// <returns><see cref="ToeReason.None"/>, or why the connection is not taken: nothing is reserved then.</returns>
    Task<ToeReason> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Takes the state.</summary>
    /// <returns><see cref="ToeReason.None"/>, or why not.</returns>
    Task<ToeReason> ImportAsync(TcpConnectionState state, CancellationToken cancellationToken);

    /// <summary>Runs the connection. If it throws, nobody knows whether something was sent.</summary>
    /// <exception cref="Adapters.AdapterFaultException">The adapter failed, or was late.</exception>
    /// <exception cref="MoveRefusedException">The kernel failed.</exception>
    Task<Carrier> ActivateAsync();

    /// <summary>Gives back what was reserved.</summary>
    void Abandon();

    /// <summary>Where the connection runs now.</summary>
    /// <param name="carrier">What <see cref="ActivateAsync"/> gave.</param>
    /// <param name="cause">Why.</param>
    /// <param name="since">Since when.</param>
    Placement PlacementOf(Carrier carrier, ToeReason cause, DateTimeOffset since);

    /// <summary>What of the connection did not come along.</summary>
    IReadOnlyList<ToeReason> Downgrades { get; }
}
