using System.Runtime.Versioning;

namespace Toe.Linux.Live;

/// <summary>Calls back when a netlink socket hears of a change. One background thread blocks in poll, so an idle watch costs no CPU.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LiveWatch : IDisposable
{
    private readonly NetlinkSocket _socket;
    private readonly Action _changed;
    private readonly Doorbell _doorbell = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Takes the socket over.</summary>
    public LiveWatch(NetlinkSocket socket, Action changed)
    {
        _socket = socket;
        _changed = changed;
        _thread = new Thread(Run) { IsBackground = true, Name = "toe-watch" };
        _thread.Start();
    }

    /// <summary>Ends the thread. No callback begins after it has returned, unless it was called from one.</summary>
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
                if (Drain() && !_stopping)
                    _changed();
            }
        }
        catch (LinuxException)
        {
            _changed(); // It hears nothing any more: whoever watches looks once more, and then on its own timer.
        }
        finally
        {
            _socket.Dispose(); // The thread owns the descriptors: they live as long as it polls.
            _doorbell.Dispose();
        }
    }

    /// <summary>Several changes at once are one; lost ones are a change.</summary>
    private bool Drain()
    {
        var heard = false;
        while (true)
        {
            switch (_socket.Receive(out _))
            {
                case 0 or ErrorNumber.NoBufferSpace or ErrorNumber.BadMessage:
                    heard = true;
                    break;
                case ErrorNumber.TryAgain:
                    return heard;
                case ErrorNumber.Interrupted:
                    break;
                case var error:
                    throw new LinuxException("netlink receive", error);
            }
        }
    }
}
