using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>
/// Reports changes of interfaces, addresses and routes of the network namespace of the thread that made it. One background thread
/// blocks in poll, so an idle monitor costs no CPU.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class NetlinkMonitor : IDisposable
{
    private readonly Action<NetlinkChange> _changed;
    private readonly Action<Exception>? _failed;
    private readonly Doorbell _doorbell = new();
    private readonly NetlinkSocket _socket;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Starts to listen; what happens after the constructor has returned is reported.</summary>
    /// <param name="topics">What to listen to.</param>
    /// <param name="changed">Called on the monitor's thread for every change, one at a time. It must not block.</param>
    /// <param name="failed">
    /// Called on the monitor's thread with what <paramref name="changed"/> threw (listening goes on), or with why the listening ended.
    /// </param>
    /// <exception cref="LinuxException">The socket could not be opened.</exception>
    public NetlinkMonitor(NetlinkTopics topics, Action<NetlinkChange> changed, Action<Exception>? failed = null)
    {
        ArgumentNullException.ThrowIfNull(changed);
        _changed = changed;
        _failed = failed;
        try
        {
            _socket = new NetlinkSocket(groups: (uint)topics);
        }
        catch
        {
            _doorbell.Dispose();
            throw;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "toe-netlink" };
        _thread.Start();
    }

    /// <summary>Stops the thread. After it has returned no callback runs, except when it is called from a callback.</summary>
    public void Dispose()
    {
        _stopping = true;
        _doorbell.Ring();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                Poll.Wait(_socket.Descriptor, _doorbell, Timeout.InfiniteTimeSpan);
                Drain();
            }
        }
        catch (LinuxException failure)
        {
            _failed?.Invoke(failure);
        }
        finally
        {
            // The thread owns the descriptors: they live as long as it polls.
            _socket.Dispose();
            _doorbell.Dispose();
        }
    }

    private void Drain()
    {
        while (!_stopping)
        {
            var error = _socket.Receive(out var datagram);
            switch (error)
            {
                case 0:
                    Dispatch(datagram);
                    break;
                case ErrorNumber.TryAgain:
                    return;
                case ErrorNumber.Interrupted:
                    break;
                case ErrorNumber.NoBufferSpace or ErrorNumber.BadMessage:
                    Report(new NetlinkChange(NetlinkChangeKind.Resync));
                    break;
                default:
                    throw new LinuxException("netlink receive", error);
            }
        }
    }

    private void Dispatch(ReadOnlySpan<byte> datagram)
    {
        var reader = new NetlinkReader(datagram);
        while (!_stopping && reader.TryRead(out var message))
        {
            if (NetlinkChangeParser.TryParse(message, out var change))
                Report(change);
        }

        if (reader.IsMalformed)
            Report(new NetlinkChange(NetlinkChangeKind.Resync));
    }

    private void Report(NetlinkChange change)
    {
        try
        {
            _changed(change);
        }
        catch (Exception failure)
        {
            // A listener's fault must not end the listening of the others who depend on this thread.
            _failed?.Invoke(failure);
        }
    }
}
