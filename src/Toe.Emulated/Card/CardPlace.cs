using System.Net.Sockets;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>A place on the card for a connection that comes from another carrier: its table entry, its packets diverted, and the engine keeping what arrives.</summary>
internal sealed class CardPlace : IMoveTarget
{
    private readonly EmulatedCard _card;
    private readonly CardLoop _loop;
    private readonly TcpTuple _tuple;
    private readonly IAdapterSocketEvents _events;
    private readonly TableEntry _entry;
    private readonly CardClaim _claim;
    private readonly int _generation;
    private Action? _undoDiversion;
    private TcpPlace? _place;
    private CardSocket? _socket;
    private int _isOver;

    public CardPlace(EmulatedCard card, int generation, TcpTuple tuple, IAdapterSocketEvents events, TableEntry entry)
    {
        _card = card;
        _loop = card.Shards.Of(tuple.Local, tuple.Remote);
        _generation = generation;
        _tuple = tuple;
        _events = events;
        _entry = entry;
        _claim = new CardClaim(card, entry);
    }

    private bool IsStale => _generation != _card.Generation || _card.IsDead;

    /// <summary>Begins to keep what arrives.</summary>
    public Task<ToeReason> PrepareAsync() => _loop.InvokeAsync(Prepare);

    private ToeReason Prepare(TcpEngine engine)
    {
        try
        {
            _place = engine.Prepare(_tuple.Local, _tuple.Remote);
        }
        catch (SocketException exception)
        {
            return ToeReasons.RouteTupleInUse.With(exception.Message);
        }

        if (_card.Network.Prepare(_loop.Index, _tuple.Remote.Address) is { IsNone: false } full)
            return full;
        var refusal = _card.Network.TryDivert(_tuple.Local, _tuple.Remote, out _undoDiversion);
        if (refusal.IsNone)
            _claim.Took(_tuple.Local, _tuple.Remote);
        return refusal;
    }

    public async ValueTask<ToeReason> ImportAsync(TcpConnectionState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        await _card.AnswerAsync(cancellationToken).ConfigureAwait(false);
        if (ImportedState.Check(state, _tuple) is { IsNone: false } unsound)
            return unsound;
        return await _loop.InvokeAsync(engine => Import(engine, state)).ConfigureAwait(false);
    }

    public async ValueTask<IToeAdapterSocket> ActivateAsync()
    {
        await _card.AnswerAsync(CancellationToken.None).ConfigureAwait(false);
        return await _loop.InvokeAsync(Activate).ConfigureAwait(false);
    }

    public async ValueTask AbandonAsync()
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
            return;
        // First, or a packet would come that nobody keeps any more, and be answered with a reset.
        _undoDiversion?.Invoke();
        _claim.Gave();
        if (!IsStale && _place is { } place)
        {
            await _loop.InvokeAsync(engine =>
            {
                _loop.TakeArrived();
                _card.GiveToHost(_loop, engine.Abandon(place));
                return true;
            }).ConfigureAwait(false);
        }

        _claim.OnApplicationDone();
        _claim.OnGone();
        _socket?.Abort();
    }

    private ToeReason Import(TcpEngine engine, TcpConnectionState state)
    {
        if (IsStale)
            return _card.RefusalNow() is { IsNone: false } reason ? reason : ToeReasons.HealthFailed.With("the card was reset");
        var options = _card.Translate(state.Options, []);
        if (_entry.TryGrow((long)ImportedState.SendCapacity(state, options) + ImportedState.ReceiveCapacity(state, options)) is { IsNone: false } full)
            return full;
        _socket = _card.NewSocket(_loop, _generation, _tuple.Local, _tuple.Remote, options, _claim, _events);
        return engine.TryImport(_place!, state, options, _socket) ? ToeReason.None : ToeReasons.ResourceMemory.With("the engine's buffers are used up");
    }

    private IToeAdapterSocket Activate(TcpEngine engine)
    {
        if (IsStale || _place?.Connection is not { } connection || _socket is null)
            throw new IOException("The card lost the connection.");
        Interlocked.Exchange(ref _isOver, 1);
        _socket.Carry(connection.Socket);
        engine.Activate(_place);
        return _socket;
    }
}
