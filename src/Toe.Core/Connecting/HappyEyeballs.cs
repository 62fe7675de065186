using System.Net;
using System.Net.Sockets;

namespace Toe.Connecting;

/// <summary>Tries several addresses, each a little after the one before (RFC 8305 §5), and keeps the first that connects. The last address's error is the caller's.</summary>
internal static class HappyEyeballs
{
    /// <summary>Connects to one of several addresses.</summary>
    /// <param name="addresses">In the order to try.</param>
    /// <param name="attempt">One address's whole attempt; its connection is disposed when another was first.</param>
    /// <param name="delay">The time between attempts, when the one before has not failed by then.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends all attempts.</param>
    public static async Task<T> ConnectAsync<T>(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<T>> attempt, TimeSpan delay, TimeProvider time,
        CancellationToken cancellationToken)
        where T : IAsyncDisposable
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pending = new List<Task<T>>();
        var last = default(Task<T>);
        try
        {
            for (var next = 0; next < addresses.Count || pending.Count > 0;)
            {
                if (next < addresses.Count)
                {
                    last = attempt(addresses[next++], others.Token);
                    pending.Add(last);
                }

                var ended = await FirstEndedAsync(pending, next < addresses.Count ? delay : Timeout.InfiniteTimeSpan, time, cancellationToken)
                    .ConfigureAwait(false);
                if (ended is null)
                    continue;
                pending.Remove(ended);
                if (ended.IsCompletedSuccessfully)
                    return await ended.ConfigureAwait(false);
                _ = ended.Exception; // Observed: unless it is the last address's, nobody hears of it.
            }
        }
        finally
        {
            await others.CancelAsync().ConfigureAwait(false);
            foreach (var loser in pending)
                _ = DisposeLoserAsync(loser);
        }

        return await (last ?? throw new SocketException((int)SocketError.HostNotFound)).ConfigureAwait(false);
    }

    private static async Task<Task<T>?> FirstEndedAsync<T>(
        List<Task<T>> pending, TimeSpan delay, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.WhenAny(pending).WaitAsync(delay, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static async Task DisposeLoserAsync<T>(Task<T> loser)
        where T : IAsyncDisposable
    {
        try
        {
            await (await loser.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // It lost the race and failed: the winner is the caller's answer.
        }
    }
}
