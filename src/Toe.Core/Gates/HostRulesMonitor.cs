using System.Collections.Immutable;
using Toe.Adapters;
using Toe.Linux;

namespace Toe.Gates;

/// <summary>
/// Keeps the host's rules as they were last read: read before the first connection on an adapter that bypasses the host, when the packet filter changes, and on a timer.
/// Nothing is read while no adapter bypasses anything. Owned by the stack.
/// </summary>
internal sealed class HostRulesMonitor : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ILinuxHost? _host;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private HostRules? _current;
    private Task? _first;
    private IDisposable? _watch;
    private ITimer? _timer;
    private Task _reading = Task.CompletedTask;
    private int _wanted;
    private bool _disposed;

    public HostRulesMonitor(ILinuxHost? host, TimeProvider time)
    {
        _host = host;
        _time = time;
    }

    /// <summary>Raised when the rules were read again.</summary>
    public event Action? Changed;

    /// <summary>The rules; null before they were read, and where there is no host to ask.</summary>
    public HostRules? Current => Volatile.Read(ref _current);

    /// <summary>Completes at once unless an adapter bypasses the host and its rules have not been read yet.</summary>
    public ValueTask ReadyAsync(ImmutableArray<SupervisedAdapter> adapters, CancellationToken cancellationToken)
    {
        if (_host is null || Current is not null)
            return ValueTask.CompletedTask;
        foreach (var adapter in adapters)
        {
            if ((adapter.View.Status.Capabilities.Bypasses.Value & HostRules.LookedAt) != HostBypass.None)
                return new ValueTask(Start().WaitAsync(cancellationToken));
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Task reading;
        lock (_lock)
        {
            _disposed = true;
            reading = _reading;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        _watch?.Dispose();
        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task Start()
    {
        lock (_lock)
        {
            if (_first is not null || _disposed)
                return _first ?? Task.CompletedTask;
            try
            {
                _watch = _host!.Watch(HostTopics.PacketFilter, ReadSoon);
            }
            catch (LinuxException)
            {
                // The timer finds changes too.
            }

            _timer = _time.CreateTimer(static state => ((HostRulesMonitor)state!).ReadSoon(), this, Interval, Interval);
            return _first = _reading = Task.Run(ReadAsync);
        }
    }

    /// <summary>Several wishes in a row are one.</summary>
    private void ReadSoon()
    {
        if (Interlocked.Exchange(ref _wanted, 1) != 0)
            return;
        lock (_lock)
        {
            if (!_disposed)
                _reading = _reading.ContinueWith(_ => ReadAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();
        }
    }

    private async Task ReadAsync()
    {
        Volatile.Write(ref _wanted, 0); // Before the look: what changes from here on is looked for again.
        try
        {
            Volatile.Write(ref _current, await HostRulesReader.ReadAsync(_host!, _stopping.Token).ConfigureAwait(false));
            Changed?.Invoke();
        }
        catch (OperationCanceledException)
        {
            // The stack ends.
        }
    }
}
