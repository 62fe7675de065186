using System.Collections.Concurrent;
using System.Net;

namespace Toe.Core.Tests.Scripted;

/// <summary>
/// An adapter that gives connections up and takes them over, as hardware does: its sockets' state and their wires go from one to the other through what the contract carries and a table of tuples,
/// which stands for the network. A connection from the host stack has no wire: it stands still here, takes what the application sends, and leaves with it.
/// </summary>
internal sealed class ScriptedMovingAdapter : ScriptedAdapter, IImportsState
{
    private readonly ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire> _network;
    private int _places;

    public ScriptedMovingAdapter(string id, ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire> network, OffloadModel model = OffloadModel.FullConnection)
        : base(id, model)
    {
        _network = network;
        Change(status => status with
        {
            Capabilities = status.Capabilities with { Features = Facts.Queried(status.Capabilities.Features.Value | AdapterFeatures.ImportsState | AdapterFeatures.ExportsState) },
        });
    }

    public Action<ScriptedCall<PrepareResult>>? PrepareScript { get; set; }

    public Action<ScriptedCall<IMoveSource>>? FreezeScript { get; set; }

    public Func<ToeReason>? ImportScript { get; set; }

    public Func<IToeAdapterSocket>? ActivateScript { get; set; }

    /// <summary>True to take connections that come from the host stack. They stand still here, and nobody answers their peers.</summary>
    public bool TakesFromHost { get; init; }

    /// <summary>What becomes of the state of a connection that goes back to the host stack.</summary>
    public Func<TcpConnectionState, TcpConnectionState>? Exporting { get; set; }

    /// <summary>Places that were prepared, and neither given back nor taken.</summary>
    public int Places => Volatile.Read(ref _places);

    /// <summary>What happened to moves here, in order.</summary>
    public ConcurrentQueue<string> Steps { get; init; } = new();

    public ValueTask<PrepareResult> PrepareAsync(TcpTuple tuple, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        Steps.Enqueue("prepare");
        var call = new ScriptedCall<PrepareResult>(_ => ValueTask.FromResult(PrepareResult.Prepared(new Target(this, tuple, events))));
        PrepareScript?.Invoke(call);
        return call.RunAsync(cancellationToken);
    }

    public ValueTask<IMoveSource> FreezeAsync(Movable socket, CancellationToken cancellationToken)
    {
        Steps.Enqueue("freeze");
        var call = new ScriptedCall<IMoveSource>(_ => ValueTask.FromResult<IMoveSource>(new Source(this, socket)));
        FreezeScript?.Invoke(call);
        return call.RunAsync(cancellationToken);
    }

    protected override ScriptedSocket MakeSocket(IPEndPoint local, IPEndPoint remote, IAdapterSocketEvents events) => new Movable(this, local, remote, events);

    /// <summary>A socket with bytes of its own between the wire and the application, which a move must carry.</summary>
    internal sealed class Movable(ScriptedMovingAdapter adapter, IPEndPoint local, IPEndPoint remote, IAdapterSocketEvents events)
        : ScriptedSocket(adapter, local, remote, events), IExportsState
    {
        private readonly List<byte> _taken = [];
        private byte[] _held = [];
        private TcpConnectionState? _fromHost;

        /// <summary>True when the connection came from the host stack.</summary>
        public bool IsFromHost => _fromHost is not null;

        public ValueTask<IMoveSource> FreezeAsync(CancellationToken cancellationToken) => adapter.FreezeAsync(this, cancellationToken);

        public void Hold(ReadOnlyMemory<byte> bytes) => _held = bytes.ToArray();

        public override IoStatus TryReceive(Span<byte> buffer, out int bytes)
        {
            if (_held.Length == 0)
                return base.TryReceive(buffer, out bytes);
            bytes = Math.Min(buffer.Length, _held.Length);
            _held.AsSpan(0, bytes).CopyTo(buffer);
            _held = _held[bytes..];
            return IoStatus.Done;
        }

        public void Take(TcpConnectionState state)
        {
            _fromHost = state;
            Attach(ScriptedWire.Pair().One);
            Sending = (buffer, out bytes) =>
            {
                _taken.AddRange(buffer);
                bytes = buffer.Length;
                return IoStatus.Done;
            };
        }

        /// <summary>What arrived and the application has not taken leaves with the state.</summary>
        public TcpConnectionState Export()
        {
            if (_fromHost is not null)
                return _fromHost with { SendQueue = (byte[])[.. _fromHost.SendQueue.Span, .. _taken], ReceiveQueue = _held };
            var queue = new byte[4096];
            Wire!.In.TryRead(queue, out var count);
            _held = [.. _held, .. queue.AsSpan(0, count)];
            return new TcpConnectionState
            {
                Tuple = new TcpTuple(LocalEndPoint, RemoteEndPoint),
                MaximumSegmentSize = 1460,
                State = System.Net.NetworkInformation.TcpState.Established,
                SendUnacknowledged = 1,
                SendNext = 1,
                SendWindow = 1,
                MaximumSendWindow = 1,
                SendWindowUpdate = 1,
                ReceiveNext = 1,
                ReceiveWindow = 1,
                ReceiveWindowUpdate = 1,
                ReceiveQueue = _held,
            };
        }

        public ScriptedWire Release()
        {
            var wire = Wire!;
            Detach();
            return wire;
        }
    }

    private sealed class Source(ScriptedMovingAdapter adapter, Movable socket) : IMoveSource
    {
        public TcpConnectionState State { get; } = Frozen(adapter, socket);

        public ValueTask ReleaseAsync()
        {
            adapter.Steps.Enqueue("release");
            socket.Release();
            return ValueTask.CompletedTask;
        }

        public ValueTask ResumeAsync()
        {
            adapter.Steps.Enqueue("resume");
            return ValueTask.CompletedTask;
        }

        private static TcpConnectionState Frozen(ScriptedMovingAdapter adapter, Movable socket)
        {
            var state = socket.Export();
            if (socket.IsFromHost)
                return adapter.Exporting?.Invoke(state) ?? state;
            adapter._network[(socket.LocalEndPoint, socket.RemoteEndPoint)] = socket.Wire!;
            return state;
        }
    }

    private sealed class Target : IMoveTarget
    {
        private readonly ScriptedMovingAdapter _adapter;
        private readonly TcpTuple _tuple;
        private readonly IAdapterSocketEvents _events;
        private TcpConnectionState? _state;
        private int _isHeld = 1;

        public Target(ScriptedMovingAdapter adapter, TcpTuple tuple, IAdapterSocketEvents events)
        {
            (_adapter, _tuple, _events) = (adapter, tuple, events);
            Interlocked.Increment(ref adapter._places);
        }

        public ValueTask<ToeReason> ImportAsync(TcpConnectionState state, CancellationToken cancellationToken)
        {
            _adapter.Steps.Enqueue("import");
            _state = state;
            var isWired = _adapter.TakesFromHost || _adapter._network.ContainsKey((_tuple.Local, _tuple.Remote));
            return ValueTask.FromResult(_adapter.ImportScript?.Invoke() ?? (isWired ? ToeReason.None : ToeReasons.CapabilityMove.With("from the host")));
        }

        public ValueTask<IToeAdapterSocket> ActivateAsync()
        {
            _adapter.Steps.Enqueue("activate");
            Leave();
            if (_adapter.ActivateScript is { } script)
                return ValueTask.FromResult(script());
            var socket = (Movable)_adapter.NewSocket(_tuple.Local, _tuple.Remote, _events);
            socket.Hold(_state!.ReceiveQueue);
            if (_adapter._network.TryRemove((_tuple.Local, _tuple.Remote), out var wire))
                socket.Attach(wire);
            else
                socket.Take(_state);
            return ValueTask.FromResult<IToeAdapterSocket>(socket);
        }

        public ValueTask AbandonAsync()
        {
            _adapter.Steps.Enqueue("abandon");
            Leave();
            return ValueTask.CompletedTask;
        }

        private void Leave()
        {
            if (Interlocked.Exchange(ref _isHeld, 0) == 1)
                Interlocked.Decrement(ref _adapter._places);
        }
    }
}
