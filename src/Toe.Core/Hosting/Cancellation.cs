namespace Toe.Hosting;

/// <summary>Calls run under a token that joins several wishes to stop; the caller knows only its own.</summary>
internal static class Cancellation
{
    /// <summary>What the caller of a cancelled call is told: its own token where it cancelled, else that the stack was disposed.</summary>
    /// <param name="exception">What ended the call.</param>
    /// <param name="caller">The caller's token.</param>
    public static Exception ToCaller(this OperationCanceledException exception, CancellationToken caller) => caller.IsCancellationRequested
        ? new OperationCanceledException(exception.Message, exception, caller)
        : new ObjectDisposedException("The stack was disposed.", exception);
}
