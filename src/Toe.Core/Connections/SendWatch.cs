namespace Toe.Connections;

/// <summary>Tells when a send stands still for too long. One timer for all sends of a connection; one send at a time.</summary>
internal sealed class SendWatch(TimeSpan deadline, TimeProvider time, Action<ToeReason> stalled) : IDisposable
{
    /// <summary>A longer send is made in pieces of so many bytes: only its pieces show that it moves.</summary>
    public const int Piece = 128 * 1024;

    private readonly ToeReason _reason = ToeReasons.QualityStalled.With($"for {deadline:g}");
    private ITimer? _timer;

    /// <summary>The watch that an adapter's kernel socket asks for; null when it asks for none. The caller disposes it.</summary>
    public static SendWatch? Of(AdapterBinding? binding, Action<ToeReason> stalled) =>
        binding is { Socket: ISocketBacked { SendDeadline: { } deadline } } ? new SendWatch(deadline, binding.Time, stalled) : null;

    /// <summary>A piece waits from now on.</summary>
    public void Begin()
    {
        _timer ??= time.CreateTimer(static watch => ((SendWatch)watch!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(deadline, Timeout.InfiniteTimeSpan);
    }

    /// <summary>It waits no longer.</summary>
    public void End() => _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Tell() => stalled(_reason);
}
