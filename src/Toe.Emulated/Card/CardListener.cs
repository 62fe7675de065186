using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>One listener on the card: one of each loop's engine, since a SYN comes to the loop that its flow belongs to.</summary>
internal sealed class CardListener : IToeAdapterListener
{
    private const int PortTries = 64;

    private readonly EmulatedCard _card;
    private readonly IAdapterListenerEvents _events;
    private readonly TcpSocketOptions _options;
    private readonly TableEntry _entry;
    private readonly long _memory;
    private readonly int _generation;
    private readonly IReadOnlyList<CardLoop> _loops;
    private readonly ListenerShard[] _shards;
    private bool _hasClaim;
    private int _disposed;

    public CardListener(EmulatedCard card, int generation, IPEndPoint local, IAdapterListenerEvents events, TcpSocketOptions options, TableEntry entry)
    {
        _card = card;
        _events = events;
        _options = options;
        _entry = entry;
        _memory = EmulatedCard.MemoryOf(options);
        _generation = generation;
        _loops = card.Shards.Loops;
        _shards = [.. _loops.Select(loop => new ListenerShard(this, loop))];
        LocalEndPoint = local;
    }

    public IPEndPoint LocalEndPoint { get; private set; }

    /// <summary>The life of the card that the listener belongs to.</summary>
    public int Generation => _generation;

    /// <summary>Starts on all loops. The first one picks the port and knows of a conflict, since all have the same listeners.</summary>
    /// <param name="backlog">Handshakes under way at once.</param>
    /// <returns>Why not.</returns>
    public async Task<ToeReason> StartAsync(int backlog)
    {
        var wanted = LocalEndPoint;
        var refused = ToeReason.None;
        for (var tries = wanted.Port == 0 ? PortTries : 1; tries > 0; tries--)
        {
            refused = await StartAllAsync(wanted, ShareOf(backlog, _shards.Length)).ConfigureAwait(false);
            if (refused.IsNone)
                return refused;
            Stop();
            if (!refused.Is(ToeReasons.RouteTupleInUse))
                break;
        }

        return refused;
    }

    /// <summary>A loop's part of a backlog, rounded up.</summary>
    internal static int ShareOf(int backlog, int loops) => ((Math.Max(1, backlog) - 1) / loops) + 1;

    /// <summary>The card was reset: the engine's listener is gone.</summary>
    public void Lost(ToeReason reason)
    {
        if (Volatile.Read(ref _disposed) == 0)
            _events.OnStopped(reason);
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return ValueTask.CompletedTask;
        _card.Forget(this);
        _entry.Return();
        Stop();
        return ValueTask.CompletedTask;
    }

    /// <summary>Asks whether a handshake may begin. On the loop.</summary>
    public bool TryAdmit(CardLoop loop, in IncomingConnection peer, [NotNullWhen(true)] out TableEntry? entry)
    {
        entry = null;
        if (Volatile.Read(ref _disposed) != 0 || !_card.Network.Prepare(loop.Index, peer.Remote.Address).IsNone)
            return false;
        // The entry is taken before the handshake, or two of them would be promised the last one.
        if (!_card.Tables.TryTakeConnection(peer.Local.AddressFamily, _memory, out entry).IsNone)
            return false;
        // Not in the card's next life, though this turn is of the last one: nobody would give the entry back.
        if (_card.IsDead || _generation != _card.Generation)
        {
            entry!.Return();
            return false;
        }

        var admitted = false;
        try
        {
            return admitted = _events.Admit(peer, out _) && _card.Network.TryAdmit(peer.Local, peer.Remote);
        }
        finally
        {
            if (!admitted)
                entry!.Return();
        }
    }

    /// <summary>A handshake that was admitted became a connection, or none. On the loop.</summary>
    public void HandshakeOver(IPEndPoint local, IPEndPoint remote) => _card.Network.HandshakeOver(local, remote);

    /// <summary>Hands an established connection to the stack. On the loop.</summary>
    public CardSocket Accept(CardLoop loop, TcpSocket socket, TableEntry entry)
    {
        var claim = new CardClaim(_card, entry);
        // Of the listener's life: the card may be reset on another thread while its old engine ends this turn.
        var carried = _card.NewSocket(loop, _generation, socket.LocalEndPoint, socket.RemoteEndPoint, _options, claim, events: null);
        carried.Accepted(socket);
        if (Volatile.Read(ref _disposed) != 0 || carried.IsLost)
        {
            carried.Abort(); // Nobody would take it.
            return carried;
        }

        try
        {
            _events.OnAccepted(carried, new IncomingConnection(carried.LocalEndPoint, carried.RemoteEndPoint), out var socketEvents);
            carried.Install(socketEvents);
        }
        catch
        {
            carried.Abort();
            throw; // The engine counts it.
        }

        return carried;
    }

    private async Task<ToeReason> StartAllAsync(IPEndPoint local, int backlog)
    {
        for (var index = 0; index < _shards.Length; index++)
        {
            var (shard, endpoint) = (_shards[index], index == 0 ? local : LocalEndPoint);
            var refused = await _loops[index].InvokeAsync(engine => Start(shard, engine, endpoint, backlog)).ConfigureAwait(false);
            if (!refused.IsNone)
                return refused;
        }

        // Of another card's listener the engines know nothing. Last: what is claimed is found, and must be answered by all.
        _hasClaim = _card.Network.TryClaim(LocalEndPoint);
        return _hasClaim ? ToeReason.None : ToeReasons.RouteTupleInUse.With($"another card has {LocalEndPoint}");
    }

    /// <summary>On the shard's loop.</summary>
    private ToeReason Start(ListenerShard shard, TcpEngine engine, IPEndPoint local, int backlog)
    {
        if (_card.RefusalNow() is { IsNone: false } refusal)
            return refusal; // It died on the way here.
        if (_generation != _card.Generation)
            return ToeReasons.HealthFailed.With("the card was reset"); // And came back.
        try
        {
            LocalEndPoint = shard.Start(engine, local, backlog, _options);
            return ToeReason.None;
        }
        catch (SocketException exception)
        {
            return ToeReasons.RouteTupleInUse.With($"{local}: {exception.Message}");
        }
    }

    /// <summary>The first loop last: a listener that is to have the same endpoint asks it first, and must not find the others still taken.</summary>
    private void Stop()
    {
        if (_hasClaim)
            _card.Network.Release(LocalEndPoint);
        _hasClaim = false;
        if (_generation != _card.Generation)
            return; // The engines that had it are gone.
        for (var index = _shards.Length - 1; index >= 0; index--)
            _shards[index].PostStop();
    }
}
