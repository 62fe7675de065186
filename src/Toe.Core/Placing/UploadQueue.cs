using System.Diagnostics.CodeAnalysis;

namespace Toe.Placing;

/// <summary>The uploads that one adapter causes, few at once: a card that fails gives up all of its connections in the same moment. Once it was late, those that wait are not tried any more.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing.")]
internal sealed class UploadQueue
{
    private const int AtOnce = 8;

    private readonly SemaphoreSlim _slots = new(AtOnce, AtOnce);
    private int _uploads;
    private volatile bool _isLate;

    /// <summary>Runs an upload when its turn comes.</summary>
    /// <returns><see cref="ToeReason.None"/>, or why the connection was not moved.</returns>
    public async Task<ToeReason> RunAsync(Func<Task<ToeReason>> upload)
    {
        Interlocked.Increment(ref _uploads);
        await _slots.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isLate)
                return ToeReasons.InternalProviderLate.With("it was late with another connection");
            var refusal = await upload().ConfigureAwait(false);
            if (refusal.Is(ToeReasons.InternalProviderLate))
                _isLate = true;
            return refusal;
        }
        finally
        {
            if (Interlocked.Decrement(ref _uploads) == 0)
                _isLate = false; // What comes later is tried again.
            _slots.Release();
        }
    }
}
