namespace Toe.Diagnostics;

/// <summary>Moves connections for somebody outside, who wants to hear what became of each.</summary>
internal static class ConnectionMoves
{
    private const string HostStack = "HostStack";

    /// <summary>Moves a connection to the first place that takes it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="places">Adapter ids in order of preference; null is the host stack.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    public static async Task<MoveReport> MoveAsync(ToeConnection connection, IEnumerable<string?> places, CancellationToken cancellationToken)
    {
        var from = connection.Placement.AdapterId;
        var refusals = new List<(string? Place, ToeReason Reason)>();
        foreach (var place in places)
        {
            ToeReason refusal;
            try
            {
                refusal = await connection.MoveAsync(place, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                return Report(connection, from, MoveOutcome.Ended, null);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
            {
                refusal = ToeReasons.InternalProviderException.With($"{exception.GetType().Name}: {exception.Message}"); // The others are moved all the same.
            }

            if (refusal.IsNone)
                return Report(connection, from, MoveOutcome.Moved, null);
            refusals.Add((place, refusal));
        }

        return Report(connection, from, MoveOutcome.Stayed, Explain(refusals));
    }

    /// <summary>What became of a connection.</summary>
    public static MoveReport Report(ToeConnection connection, string? from, MoveOutcome outcome, string? reason) => new()
    {
        Pid = Environment.ProcessId,
        Id = connection.Id,
        Local = connection.LocalEndPoint.ToString(),
        Remote = connection.RemoteEndPoint.ToString(),
        From = from ?? HostStack,
        Placement = connection.Placement.AdapterId ?? HostStack,
        Outcome = outcome,
        Reason = reason,
    };

    private static string Explain(List<(string? Place, ToeReason Reason)> refusals) => refusals switch
    {
        [] => ToeReasons.EnvironmentNoAdapter.ToString(),
        [var only] => only.Reason.ToString(),
        _ => string.Join("; ", refusals.Select(static refusal => $"{refusal.Place ?? HostStack}: {refusal.Reason}")),
    };
}
