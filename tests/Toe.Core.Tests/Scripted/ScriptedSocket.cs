using System.Net;
using System.Net.NetworkInformation;

namespace Toe.Core.Tests.Scripted;

/// <summary>A socket of a scripted adapter over a wire in memory. The test may put itself between by <see cref="Receiving"/> and <see cref="Sending"/>.</summary>
internal class ScriptedSocket : IToeAdapterSocket
{
    private readonly Lock _events = new();
    private Readiness _armed;
    private bool _silent;
    private int _disposed;

    public ScriptedSocket(ScriptedAdapter adapter, IPEndPoint local, IPEndPoint remote, IAdapterSocketEvents events)
    {
        Adapter = adapter;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        Events = events;
    }

    public delegate IoStatus ReceiveCall(Span<byte> buffer, out int bytes);

    public delegate IoStatus SendCall(ReadOnlySpan<byte> buffer, out int bytes);

    public ScriptedAdapter Adapter { get; }

    public IAdapterSocketEvents Events { get; set; }

    public IPEndPoint LocalEndPoint { get; }

    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>Set once connected.</summary>
    public ScriptedWire? Wire { get; private set; }

    public ReceiveCall? Receiving { get; set; }

    public SendCall? Sending { get; set; }

    public Func<AdapterSocketInfo>? Info { get; set; }

    public bool IsAborted { get; private set; }

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    public ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        Adapter.CountSyn();
        return Adapter.Connect(this, cancellationToken);
    }

    /// <summary>The handshake is done: bytes flow over the wire.</summary>
    public void Attach(ScriptedWire wire)
    {
        Wire = wire;
        wire.In.OnChanged(Announce);
        wire.Out.OnChanged(Announce);
    }

    public virtual IoStatus TryReceive(Span<byte> buffer, out int bytes) =>
        Receiving is { } script ? script(buffer, out bytes) : Wire!.In.TryRead(buffer, out bytes);

    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes) =>
        Sending is { } script ? script(buffer, out bytes) : Wire!.Out.TryWrite(buffer, out bytes);

    public IoStatus TryCompleteSending()
    {
        if (Wire!.Out.IsReset)
            return IoStatus.Reset;
        Wire.Out.End();
        return IoStatus.Done;
    }

    public void Arm(Readiness interest)
    {
        lock (_events)
            _armed |= interest;
        Announce();
    }

    public void Abort()
    {
        lock (_events)
            _silent = true; // Waits for an event that runs just now: none comes after this method.
        IsAborted = true;
        Wire?.Out.Reset();
        Wire?.In.Reset();
    }

    public AdapterSocketInfo GetInfo() =>
        Info?.Invoke() ?? new AdapterSocketInfo(Wire is null ? TcpState.Closed : TcpState.Established, OffloadConfidence.Confirmed);

    public virtual ValueTask DisposeAsync()
    {
        lock (_events)
            _silent = true;
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return ValueTask.CompletedTask;
        Adapter.Forget(this);
        if (IsAborted || Wire is null)
            return ValueTask.CompletedTask;
        if (HasUnread)
        {
            Wire.Out.Reset();
            Wire.In.Reset();
        }
        else
        {
            Wire.Out.End();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Raises an event on the adapter's thread, unless the socket is silent by then.</summary>
    public void Raise(Action<IAdapterSocketEvents> raise) => Adapter.Thread.Post(() =>
    {
        lock (_events)
        {
            if (!_silent)
                raise(Events);
        }
    });

    /// <summary>Raises an event against the contract: also after Abort and Dispose.</summary>
    public void RaiseAnyway(Action<IAdapterSocketEvents> raise) => Adapter.Thread.Post(() => raise(Events));

    /// <summary>The connection is elsewhere now.</summary>
    protected void Detach()
    {
        lock (_events)
            _silent = true;
        Wire = null;
    }

    private bool HasUnread
    {
        get
        {
            Span<byte> none = [];
            return Wire!.In.TryRead(none, out _) == IoStatus.Done;
        }
    }

    private void Announce()
    {
        Readiness ready;
        lock (_events)
        {
            ready = _armed & Ready();
            _armed &= ~ready;
        }

        if (ready != Readiness.None)
            Raise(events => events.OnReady(ready));
    }

    private Readiness Ready()
    {
        if (Wire is not { } wire)
            return Readiness.None;
        var ready = Readiness.None;
        if (wire.In.IsReadable)
            ready |= Readiness.Receive;
        if (wire.Out.IsWritable)
            ready |= Readiness.Send;
        return ready;
    }
}
