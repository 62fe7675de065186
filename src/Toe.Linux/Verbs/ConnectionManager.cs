using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>One event channel of the connection manager, and the one thread that reads it. Its descriptor is an ordinary one, unlike an rsocket's.</summary>
internal sealed unsafe class ConnectionManager : IDisposable
{
    private readonly ConcurrentDictionary<nint, ICmOwner> _owners = new();
    private readonly Doorbell _bell;
    private readonly int* _channel;
    private int _live;                  // identifiers that are not destroyed yet
    private volatile bool _isStopping;

    /// <summary>Opens the channel.</summary>
    /// <exception cref="LinuxException">ENODEV and others: the kernel side of the connection manager (rdma_ucm) is missing.</exception>
    public ConnectionManager()
    {
        _channel = RdmaCm.rdma_create_event_channel();
        if (_channel is null)
            throw LinuxException.Last("rdma_create_event_channel");
        try
        {
            _bell = new Doorbell();
        }
        catch
        {
            RdmaCm.rdma_destroy_event_channel(_channel);
            throw;
        }

        _ = Libc.fcntl(*_channel, Libc.SetFlags, Libc.OpenNonBlocking);
        new Thread(Run) { IsBackground = true, Name = "toe-rdma-events" }.Start();
    }

    /// <summary>Makes an identifier for TCP ports.</summary>
    /// <returns>The identifier; an error number.</returns>
    public HostAnswer<RdmaIdentifier> Create(ICmOwner owner)
    {
        CmIdentifier* made;
        return RdmaCm.rdma_create_id(_channel, &made, null, RdmaCm.PortSpaceTcp) != 0
            ? HostAnswers.Failed<RdmaIdentifier>(Marshal.GetLastPInvokeError(), "rdma_create_id")
            : HostAnswers.Found(Own(made, owner));
    }

    /// <summary>Takes over an identifier that a request brought.</summary>
    public RdmaIdentifier Own(CmIdentifier* identifier, ICmOwner owner)
    {
        _owners[(nint)identifier] = owner;
        Interlocked.Increment(ref _live);
        return new RdmaIdentifier(this, identifier);
    }

    /// <summary>Turns a peer's request away.</summary>
    public void Refuse(CmIdentifier* identifier)
    {
        _ = RdmaCm.rdma_reject(identifier, null, 0);
        Interlocked.Increment(ref _live);
        new RdmaIdentifier(this, identifier).Dispose();
    }

    /// <summary>Events of an identifier are dropped from now on.</summary>
    public void Forget(nint identifier) => _owners.TryRemove(identifier, out _);

    /// <summary>An identifier is destroyed, and no longer needs the channel.</summary>
    public void Destroyed() => Interlocked.Decrement(ref _live);

    /// <summary>Ends the thread and closes the channel as soon as all identifiers are destroyed, which a device can delay: it is not waited for.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _bell.Ring();
    }

    private void Run()
    {
        var polled = stackalloc PollDescriptor[2];
        var limit = TimeSpecification.From(TimeSpan.FromMilliseconds(20)); // While it ends: owners leave without ringing.
        while (!_isStopping || Volatile.Read(ref _live) != 0) // Destroying waits for events to be acknowledged.
        {
            polled[0] = new PollDescriptor { Descriptor = *_channel, Events = PollDescriptor.Input };
            polled[1] = new PollDescriptor { Descriptor = (int)_bell.Descriptor.DangerousGetHandle(), Events = PollDescriptor.Input };
            if (Libc.ppoll(polled, 2, _isStopping ? &limit : null, null) < 0)
                continue;
            if (polled[1].Returned != 0)
                _bell.Answer();
            if (polled[0].Returned != 0)
                TakeEvents();
        }

        RdmaCm.rdma_destroy_event_channel(_channel);
        _bell.Dispose();
    }

    private void TakeEvents()
    {
        CmEvent* happened;
        while (RdmaCm.rdma_get_cm_event(_channel, &happened) == 0)
        {
            _ = TryHand(happened);
            _ = RdmaCm.rdma_ack_cm_event(happened); // Destroying its identifier waits for this.
        }
    }

    /// <summary>False when an owner was at fault: the thread serves the others.</summary>
    private bool TryHand(CmEvent* happened)
    {
        var isRequest = happened->Kind == CmEventKind.ConnectRequest;
        try
        {
            if (_owners.TryGetValue((nint)(isRequest ? happened->Listener : happened->Identifier), out var owner))
                owner.OnEvent(happened);
            else if (isRequest)
                Refuse(happened->Identifier);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
