using Toe.Connections;

namespace Toe.Hosting;

/// <summary>Waits for a stack's connections to come to their ends, and closes those that stand still.</summary>
internal sealed class StackDrain(StackContext context)
{
    private static readonly ToeReason Why = ToeReasons.InternalStackDisposed.With("its host stops");

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var moved = context.Connections.All.ToDictionary(static connection => connection, static connection => connection.BytesMoved);
        while (moved.Count > 0 && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(context.Options.ShutdownQuietTime, context.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            List<Task> closing = [];
            Dictionary<StackConnection, long> moving = [];
            foreach (var connection in context.Connections.All)
            {
                if (!cancellationToken.IsCancellationRequested && (!moved.TryGetValue(connection, out var before) || before != connection.BytesMoved))
                    moving.Add(connection, connection.BytesMoved);
                else
                    closing.Add(connection.CloseAsync(Why).AsTask());
            }

            await Task.WhenAll(closing).ConfigureAwait(false);
            moved = moving;
        }
    }
}
