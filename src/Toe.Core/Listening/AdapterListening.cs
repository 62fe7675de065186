using System.Net;
using Toe.Adapters;
using Toe.Connections;
using Toe.Hosting;
using Toe.Telemetry;

namespace Toe.Listening;

/// <summary>One adapter's listener below a <see cref="StackListener"/>, and the receiver of its events.</summary>
internal sealed class AdapterListening : IAdapterListenerEvents, IAsyncDisposable
{
    private readonly StackContext _context;
    private readonly StackListener _listener;
    private readonly SupervisedAdapter _adapter;
    private readonly IPEndPoint _target;
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IToeAdapterListener? _adapterListener;
    private int _users = 1; // The listening itself, and every connection on its way to the listener.
    private int _isDisposed;
    private volatile bool _hasStopped;

    private AdapterListening(StackContext context, StackListener listener, SupervisedAdapter adapter, IPEndPoint target)
    {
        _context = context;
        _listener = listener;
        _adapter = adapter;
        _target = target;
        Served = listener.LocalEndPoint;
        StartedAt = context.Time.GetTimestamp();
        Trace = listener.Trace with { AdapterId = adapter.Identity.Id, Reason = ToeReason.None }; // Until the listener has asked them all.
    }

    /// <summary>When the adapter was asked, as the stack's clock counts.</summary>
    public long StartedAt { get; }

    /// <summary>The trace of connections that this adapter accepts.</summary>
    public DecisionTrace Trace { get; set; }

    public IReadOnlyList<ToeReason> Downgrades { get; private set; } = [];

    public bool HasStopped => _hasStopped;

    /// <summary>The endpoint of the application's listener; the adapter's own differs from it where RDMA has a port of its own.</summary>
    public IPEndPoint Served { get; }

    public IPEndPoint LocalEndPoint => _adapterListener!.LocalEndPoint;

    /// <summary>True while the adapter listens where it is now wanted.</summary>
    public bool Serves(IPEndPoint? wanted) => wanted is not null && (_target.Port == 0 || _target.Port == wanted.Port);

    /// <summary>Asks the adapter to listen.</summary>
    public static async Task<(AdapterListening? Listening, ToeReason Refusal)> StartAsync(
        StackContext context, StackListener listener, SupervisedAdapter adapter, ToeListenRequest request, IPEndPoint target,
        CancellationToken cancellationToken)
    {
        var listening = new AdapterListening(context, listener, adapter, target);
        var refusal = ToeReason.None;
        try
        {
            var result = await ControlCall.RunAsync(
                token => adapter.Adapter.ListenAsync(new AdapterListenRequest(target, request.Backlog, request.Options), listening, token),
                context.Options.ControlDeadline, context.Time, late => Discard(adapter, late.Listener), cancellationToken).ConfigureAwait(false);
            if (result.Listener is null && result.Refusal.IsNone)
                throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("ListenAsync returned neither a listener nor a refusal"));
            listening._adapterListener = result.Listener;
            listening.Downgrades = result.Downgrades ?? [];
            refusal = result.Refusal;
        }
        catch (AdapterFaultException fault)
        {
            adapter.ReportFault(fault);
            refusal = fault.Reason;
        }

        if (refusal.IsNone)
            return (listening, refusal);
        StackLog.ListenRefused(context.Logger, adapter.Identity.Id, target, refusal);
        return (null, refusal);
    }

    public bool Admit(in IncomingConnection syn, out ToeReason refusal)
    {
        try
        {
            return _listener.Admit(_adapter, this, syn, out refusal);
        }
        catch (Exception exception)
        {
            refusal = AdapterFaultException.From(exception).Reason; // Nothing of ours may unwind the adapter's thread.
            return false;
        }
    }

    public void OnAccepted(IToeAdapterSocket socket, in IncomingConnection peer, out IAdapterSocketEvents events)
    {
        var carrierEvents = new CarrierEvents();
        events = carrierEvents;
        var who = peer;
        var life = _adapter.Life; // Now, on the adapter's thread: what it announces next may be this life's end.
        if (socket is null)
            _adapter.ReportFaultSoon(new AdapterFaultException(ToeReasons.InternalContractViolation.With("OnAccepted without a socket")));
        else
            AcceptSoon(life, socket, who, carrierEvents); // Metrics and logs run the application's code: not on the adapter's thread.
    }

    private void AcceptSoon(AdapterLife life, IToeAdapterSocket socket, IncomingConnection peer, CarrierEvents events)
    {
        Interlocked.Increment(ref _users);
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                Accept(life, socket, peer, events);
                Leave();
            },
            null);
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            _quiet.TrySetResult();
    }

    private void Accept(AdapterLife life, IToeAdapterSocket socket, in IncomingConnection peer, CarrierEvents events)
    {
        try
        {
            _listener.Accept(_adapter, life, this, socket, peer, events);
        }
        catch (Exception exception)
        {
            var fault = AdapterFaultException.From(exception);
            StackLog.AcceptRefused(_context.Logger, _adapter.Identity.Id, peer.Remote, fault.Reason);
            _context.Metrics.AcceptRefused(_adapter.Identity.Provider, fault.Reason.Name);
            _adapter.ReportFault(fault);
            _adapter.Discard(socket);
        }
    }

    public void OnStopped(ToeReason reason)
    {
        if (_hasStopped)
            return;
        _hasStopped = true;
        ThreadPool.UnsafeQueueUserWorkItem(_ => _listener.Stopped(_adapter, reason), null);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _hasStopped = true;
            await CloseAsync().ConfigureAwait(false);
            Leave();
        }

        await _quiet.Task.ConfigureAwait(false); // What was on its way is delivered or discarded: nothing of this listener comes up later.
    }

    private async Task CloseAsync()
    {
        if (_adapterListener is not { } listener)
            return;
        try
        {
            await ControlCall.RunAsync(_ => listener.DisposeAsync(), _context.Options.ControlDeadline, _context.Time, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (AdapterFaultException fault)
        {
            _adapter.ReportFault(fault);
        }
    }

    private static void Discard(SupervisedAdapter adapter, IToeAdapterListener? listener)
    {
        if (listener is null)
            return;
        _ = Task.Run(async () =>
        {
            try
            {
                await listener.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                adapter.ReportFault(AdapterFaultException.From(exception));
            }
        });
    }
}
