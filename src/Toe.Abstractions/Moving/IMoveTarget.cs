namespace Toe;

/// <summary>A prepared place on the carrier that takes a connection over. Order: Prepare, Freeze, Import, Activate, Release; until Activate any failure abandons and resumes, after it there is no way back.</summary>
public interface IMoveTarget
{
    /// <summary>Takes the state.</summary>
    /// <param name="state">The whole state.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns><see cref="ToeReason.None"/>, or why not.</returns>
    ValueTask<ToeReason> ImportAsync(TcpConnectionState state, CancellationToken cancellationToken);

    /// <summary>Runs the connection, first with the segments that were kept. Not cancellable.</summary>
    ValueTask<IToeAdapterSocket> ActivateAsync();

    /// <summary>Gives the place back.</summary>
    ValueTask AbandonAsync();
}
