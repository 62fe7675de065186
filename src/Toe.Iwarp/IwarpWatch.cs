using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>
/// Looks for RDMA devices that come and go. The kernel announces a device that goes only when it has gone, and it goes only when its last user has let go; so the
/// list is read twice a second. Disposing ends it and waits for a look under way.
/// </summary>
public sealed class IwarpWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ILinuxHost _host;
    private readonly Action _changed;
    private readonly ITimer _timer;
    private readonly Lock _looking = new();
    private IReadOnlySet<string> _usable;
    private bool _mustRelease;
    private bool _isDisposed;

    /// <summary>Begins.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called on a pool thread after devices came or went.</param>
    public IwarpWatch(ILinuxHost host, TimeProvider time, Action changed)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(changed);
        (_host, _changed) = (host, changed);
        _usable = InfinibandDevices.FindUsable(host);
        _timer = time.CreateTimer(static watch => ((IwarpWatch)watch!).Look(), this, Interval, Interval);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_looking)
            _isDisposed = true;
    }

    private void Look()
    {
        lock (_looking)
        {
            if (_isDisposed)
                return;
            var usable = InfinibandDevices.FindUsable(_host);
            if (!usable.SetEquals(_usable))
            {
                _mustRelease |= !_host.IsReplayed && _usable.Except(usable, StringComparer.Ordinal).Any();
                _usable = usable;
                _changed();
            }

            if (_mustRelease && RdmaLibrary.ReleaseDevices(usable))
                _mustRelease = false;
        }
    }
}
