namespace Toe.Adapters;

/// <summary>Runs a provider's control call off the caller's thread and under a deadline, so that neither a hang nor an exception of the provider reaches the caller as such.</summary>
internal static class ControlCall
{
    /// <summary>Runs a call.</summary>
    /// <typeparam name="T">What the call returns.</typeparam>
    /// <param name="call">The call; its token is cancelled at the deadline and with <paramref name="cancellationToken"/>.</param>
    /// <param name="deadline">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="discard">Takes a result that comes when nobody waits any more.</param>
    /// <param name="cancellationToken">The caller's own wish to stop, which is no fault of the provider.</param>
    /// <exception cref="AdapterFaultException">The provider threw, or missed the deadline.</exception>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, ValueTask<T>> call, TimeSpan deadline, TimeProvider time, Action<T> discard, CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.Run(async () => await call(source.Token).ConfigureAwait(false), CancellationToken.None);
        var waiting = running.WaitAsync(deadline, time, cancellationToken);
        await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (waiting.IsCompletedSuccessfully)
        {
            source.Dispose();
            return await waiting.ConfigureAwait(false);
        }

        // The call may have ended between the wait's end and this line: its result is as unwanted as one that comes later.
        var gaveUp = !running.IsFaulted && !(running.IsCanceled && !source.IsCancellationRequested);
        DiscardLate(running, source, discard);
        cancellationToken.ThrowIfCancellationRequested();
        if (gaveUp)
            throw new AdapterFaultException(ToeReasons.InternalProviderLate.With($"no answer within {deadline.TotalMilliseconds:0} ms"), isLate: true);
        throw AdapterFaultException.From(running.Exception?.InnerException ?? new OperationCanceledException("The provider cancelled its own call."));
    }

    /// <summary>Runs a call without a result.</summary>
    /// <param name="call">The call.</param>
    /// <param name="deadline">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">The caller's own wish to stop.</param>
    public static Task RunAsync(Func<CancellationToken, ValueTask> call, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken) =>
        RunAsync(
            async token =>
            {
                await call(token).ConfigureAwait(false);
                return true;
            },
            deadline, time, static _ => { }, cancellationToken);

    private static void DiscardLate<T>(Task<T> running, CancellationTokenSource source, Action<T> discard)
    {
        _ = running.ContinueWith(
            late =>
            {
                source.Dispose();
                if (late.IsCompletedSuccessfully)
                    discard(late.Result);
                else
                    _ = late.Exception; // Observed: the fault was already reported as a missed deadline.
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _ = source.CancelAsync();
    }
}
