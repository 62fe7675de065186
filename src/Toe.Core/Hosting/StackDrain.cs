namespace Toe.Hosting;

/// <summary>Waits for a stack's connections to come to their ends, and closes those that stand still.</summary>
internal sealed class StackDrain(StackContext context)
{
    private static readonly ToeReason Why = ToeReasons.InternalStackDisposed.With("its host stops");

    /// <summary>Returns when no connection is left, or as soon as the time is over: those left are being closed then.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = context.Connections.All.ToDictionary(static connection => connection, static connection => connection.Progress);
        while (before.Count > 0)
        {
            await Task.Delay(context.Options.ShutdownQuietTime, context.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = context.Connections.All.ToDictionary(static connection => connection, static connection => connection.Progress);
            var still = now.Where(connection => cancellationToken.IsCancellationRequested || (before.TryGetValue(connection.Key, out var progress) && progress == connection.Value))
                .Select(static connection => connection.Key).ToList();
            await Task.WhenAll(still.Select(static connection => connection.CloseAsync(Why).AsTask())).WaitAsync(cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // A carrier that hangs in its closing does not hold the host.
            if (cancellationToken.IsCancellationRequested)
                return;
            before = now.Where(connection => !still.Contains(connection.Key)).ToDictionary();
        }
    }
}
