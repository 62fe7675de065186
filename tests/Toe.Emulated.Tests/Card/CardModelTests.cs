using System.Net;
using CsCheck;

namespace Toe.Emulated.Tests.Card;

/// <summary>The card against a model: whatever is opened, connected, sent, closed, aborted, crashed and reset in whatever order. CsCheck prints the seed of a failure.</summary>
public sealed class CardModelTests
{
    private const int Limit = 9;
    private const int IPv6Cost = 2;
    private const long MemoryOfOne = 2 * CardBench.BufferSize;

    /// <summary>Used is what lives and what closes, never above the limit, and nothing at the end.</summary>
    [Theory]
    [InlineData("127.0.0.1", 1, 1)]
    [InlineData("::1", IPv6Cost, 1)]
    [InlineData("127.0.0.1", 1, 3)]
    public async Task UsedIsLiveAndClosing(string address, int cost, int shards) => await Gen.Int[0, 11].Array[1, 40].SampleAsync(
        async steps =>
        {
            await using var bench = await CardBench.CreateAsync(
                new CardProfile { Connections = Limit, ConnectionEntriesIPv6 = IPv6Cost, Listeners = 2, Memory = (Limit - 1) * MemoryOfOne },
                segmentLifetime: TimeSpan.FromMilliseconds(1), shards: shards);
            var model = new Model(bench, IPAddress.Parse(address));
            foreach (var step in steps)
            {
                await model.StepAsync(step);
                Assert.InRange(CardBench.Used(bench.Card, "connections"), 0, Limit);
                Assert.InRange(CardBench.Used(bench.Card, "memory"), 0, (Limit - 1) * MemoryOfOne);
                Assert.InRange(CardBench.Used(bench.Card, "listeners"), 0, 2);
            }

            await CardBench.UntilAsync(
                () => model.TryAcceptAll() && CardBench.Used(bench.Card, "connections") == (model.Live + Closing(bench.Card)) * cost
                    && CardBench.Used(bench.Card, "memory") >= model.Live * MemoryOfOne && CardBench.Used(bench.Card, "memory") <= (model.Live + Closing(bench.Card)) * MemoryOfOne,
                () => $"{CardBench.Used(bench.Card, "memory") / MemoryOfOne} times memory, {CardBench.Used(bench.Card, "connections")} used, {model.Live} live, {Closing(bench.Card)} closing, {bench.Card.Claims.Count} claims, {bench.Card.Sockets.Count} sockets, {bench.Card.Shards.Loops.Sum(static loop => loop.Engine.Statistics.HalfOpen)} half open");
            await model.EndAsync();
            await CardBench.UntilAsync( // The loop gives a claim's entry back a moment before it forgets the claim.
                () => model.TryAcceptAll() && model.Live == 0 && bench.Card.Status.Budgets.All(budget => budget.Used == 0) && bench.Card.Claims.IsEmpty,
                () => $"{model.Live} live, {bench.Card.Claims.Count} claims");
            Assert.Empty(bench.Card.Sockets);
            Assert.All(model.Seen, events => Assert.InRange(events.Closed.Count, 0, 1));
        },
        iter: 60, threads: 1);

    /// <summary>What only the engine still knows.</summary>
    private static int Closing(EmulatedCard card) => card.Claims.Keys.Count(claim => claim.IsApplicationDone);

    /// <summary>What the application holds of the card.</summary>
    private sealed class Model(CardBench bench, IPAddress address)
    {
        private readonly List<(IToeAdapterSocket Socket, int Generation)> _held = [];
        private readonly CardBench.ListenerEvents _events = new();
        private IToeAdapterListener? _listener;
        private bool _ended;

        public List<CardBench.SocketEvents> Seen { get; } = [];

        /// <summary>Those of this life of the card: a reset empties the tables, whoever still holds a socket.</summary>
        public int Live => _held.Count(held => held.Generation == bench.Card.Generation);

        public async Task StepAsync(int step)
        {
            switch (step)
            {
                case 0 or 1:
                    await ListenAsync();
                    break;
                case 2 when _listener is not null:
                    await OpenAsync(connect: false);
                    break;
                case 3 or 4 or 5 when _listener is not null:
                    await OpenAsync(connect: true);
                    break;
                case 6 when _held.Count > 0:
                    await _held[0].Socket.DisposeAsync();
                    await _held[0].Socket.DisposeAsync();
                    _held.RemoveAt(0);
                    break;
                case 7 when _held.Count > 0:
                    _held[^1].Socket.Abort();
                    await _held[^1].Socket.DisposeAsync();
                    _held.RemoveAt(_held.Count - 1);
                    break;
                case 8:
                    foreach (var (socket, _) in _held)
                        socket.TrySend(new byte[3000], out _); // Unread at the end: a reset instead of a FIN.
                    break;
                case 9:
                    bench.Card.Crash();
                    await bench.Card.ResetAsync();
                    break;
                case 10 when _listener is not null:
                    await _listener.DisposeAsync();
                    _listener = null;
                    break;
                case 11:
                    bench.Card.TablesFull = !bench.Card.TablesFull;
                    bench.Card.TablesFull = false;
                    break;
                default:
                    break;
            }

            TryAcceptAll();
        }

        public bool TryAcceptAll()
        {
            while (_events.TryAccept(out var accepted))
            {
                Seen.Add(accepted!.Events);
                if (_ended)
                    accepted.Socket.DisposeAsync().AsTask().Wait(CardBench.Patience);
                else
                    _held.Add((accepted.Socket, GenerationOf(accepted.Socket)));
            }

            return true;
        }

        public async Task EndAsync()
        {
            _ended = true;
            foreach (var (socket, _) in _held)
                await socket.DisposeAsync();
            _held.Clear();
            if (_listener is not null)
                await _listener.DisposeAsync();
        }

        private static int GenerationOf(IToeAdapterSocket socket) => ((CardSocket)socket).Generation;

        private async Task ListenAsync()
        {
            if (_listener is not null)
                return;
            var result = await bench.Card.ListenAsync(new AdapterListenRequest(new IPEndPoint(address, 0), 4, ToeSocketOptions.Default), _events, CancellationToken.None);
            _listener = result.Listener;
        }

        private async Task OpenAsync(bool connect)
        {
            var events = new CardBench.SocketEvents();
            Seen.Add(events);
            if ((await bench.OpenAsync(_listener!.LocalEndPoint, events)).Socket is not { } socket)
                return;
            _held.Add((socket, GenerationOf(socket)));
            if (connect)
                await socket.ConnectAsync(CancellationToken.None).AsTask().WaitAsync(CardBench.Patience);
        }
    }
}
