using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Card;

/// <summary>Cards on a fabric of their own, driven through the provider contract alone.</summary>
internal sealed class CardBench : IAsyncDisposable, IProviderHost
{
    public const int BufferSize = 64 * 1024;

    private readonly EmulatedProvider _provider;

    private CardBench(EmulatedProvider provider, Fabric fabric, TimeProvider time)
    {
        _provider = provider;
        Fabric = fabric;
        Time = time;
    }

    public ILoggerFactory Logging => NullLoggerFactory.Instance;

    public TimeProvider Time { get; }

    public Fabric Fabric { get; }

    public EmulatedCard Card => _provider.Cards[0];

    public EmulatedCard Other => _provider.Cards[1];

    public IReadOnlyList<EmulatedCard> Cards => _provider.Cards;

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public static Task<CardBench> CreateAsync(
        CardProfile? profile = null, int cards = 1, TimeProvider? time = null, TimeSpan? segmentLifetime = null, TimeSpan recovery = default, int shards = 1) =>
        CreateAsync([.. Enumerable.Repeat(profile ?? CardProfile.Default, cards)], time, segmentLifetime, recovery, shards);

    public static async Task<CardBench> CreateAsync(
        IReadOnlyList<CardProfile> profiles, TimeProvider? time = null, TimeSpan? segmentLifetime = null, TimeSpan recovery = default, int shards = 1)
    {
        var fabric = new Fabric();
        var engine = new TcpEngineOptions { AbortConnectOnSoftErrors = true, MaximumSegmentLifetime = segmentLifetime ?? TimeSpan.FromMilliseconds(50) };
        var bench = new CardBench(new EmulatedProvider(profiles.Select((profile, index) => new EmulatedFabricOptions
        {
            Fabric = fabric,
            Card = new EmulatedCardOptions
            {
                Name = $"card{index}",
                Profile = profile,
                Engine = engine,
                BufferSize = BufferSize,
                RecoveryTime = recovery,
                Shards = shards,
            },
        })), fabric, time ?? TimeProvider.System);
        await bench._provider.DiscoverAsync(bench, TestContext.Current.CancellationToken);
        return bench;
    }

    public void RescanNeeded()
    {
    }

    public async Task<(IToeAdapterListener Listener, ListenerEvents Events)> ListenAsync(IPEndPoint? local = null, EmulatedCard? card = null, int backlog = 16)
    {
        var events = new ListenerEvents();
        var result = await (card ?? Card).ListenAsync(
            new AdapterListenRequest(local ?? new IPEndPoint(IPAddress.Loopback, 0), backlog, ToeSocketOptions.Default), events, TestContext.Current.CancellationToken);
        Assert.True(result.Refusal.IsNone, result.Refusal.ToString());
        return (result.Listener!, events);
    }

    public ValueTask<OpenResult> OpenAsync(IPEndPoint remote, SocketEvents events, EmulatedCard? card = null) =>
        (card ?? Card).OpenAsync(new OpenRequest(null, remote, ToeSocketOptions.Default), events, TestContext.Current.CancellationToken);

    /// <summary>A connection between two sockets of the card.</summary>
    public async Task<(IToeAdapterSocket Client, SocketEvents ClientEvents, Accepted Server)> ConnectAsync(IToeAdapterListener listener, ListenerEvents events)
    {
        var clientEvents = new SocketEvents();
        var open = await OpenAsync(listener.LocalEndPoint, clientEvents);
        Assert.True(open.Refusal.IsNone, open.Refusal.ToString());
        var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(ConnectOutcome.Connected, result.Outcome);
        return (open.Socket, clientEvents, await events.AcceptAsync());
    }

    public static long Used(EmulatedCard card, string table) => card.Status.Budgets.Single(budget => budget.Table == table).Used;

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(condition, static () => "It did not happen.");

    public static async Task UntilAsync(Func<bool> condition, Func<string> describe)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, describe());
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var card in _provider.Cards)
            await card.DisposeAsync();
        await _provider.DisposeAsync();
    }

    internal sealed record Accepted(IToeAdapterSocket Socket, SocketEvents Events, IncomingConnection Peer);

    /// <summary>Counts what a socket says.</summary>
    internal sealed class SocketEvents : IAdapterSocketEvents
    {
        private readonly ConcurrentQueue<TaskCompletionSource> _waiting = new();
        private int _ready;

        /// <summary>Runs first thing in each event, on the thread that raises it.</summary>
        public Action? Raised { get; set; }

        public int Ready => Volatile.Read(ref _ready);

        public ConcurrentQueue<Readiness> Seen { get; } = new();

        public ConcurrentQueue<(SocketError Error, ToeReason Reason)> Closed { get; } = new();

        public void OnReady(Readiness what)
        {
            Raised?.Invoke();
            Seen.Enqueue(what);
            Interlocked.Increment(ref _ready);
            while (_waiting.TryDequeue(out var waiting))
                waiting.TrySetResult();
        }

        public void OnClosed(SocketError error, ToeReason reason)
        {
            Raised?.Invoke();
            Closed.Enqueue((error, reason));
            while (_waiting.TryDequeue(out var waiting))
                waiting.TrySetResult();
        }

        public ConcurrentQueue<(ToeReason Reason, bool Mandatory)> UploadsWanted { get; } = new();

        public void OnUploadWanted(ToeReason reason, bool mandatory) => UploadsWanted.Enqueue((reason, mandatory));

        /// <summary>Arms and waits for the next event.</summary>
        public async Task WaitAsync(IToeAdapterSocket socket, Readiness what)
        {
            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiting);
            socket.Arm(what);
            await waiting.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    internal sealed class ListenerEvents : IAdapterListenerEvents
    {
        private readonly System.Threading.Channels.Channel<Accepted> _accepted = System.Threading.Channels.Channel.CreateUnbounded<Accepted>();

        public Func<bool> Admits { get; set; } = static () => true;

        /// <summary>Runs first thing at each accept.</summary>
        public Action? Accepting { get; set; }

        public ConcurrentQueue<ToeReason> Stopped { get; } = new();

        public bool Admit(in IncomingConnection syn, out ToeReason refusal)
        {
            refusal = Admits() ? ToeReason.None : ToeReasons.PolicyForbidden;
            return refusal.IsNone;
        }

        public void OnAccepted(IToeAdapterSocket socket, in IncomingConnection peer, out IAdapterSocketEvents events)
        {
            Accepting?.Invoke();
            var socketEvents = new SocketEvents();
            events = socketEvents;
            _accepted.Writer.TryWrite(new Accepted(socket, socketEvents, peer));
        }

        public void OnStopped(ToeReason reason) => Stopped.Enqueue(reason);

        public bool TryAccept(out Accepted? accepted) => _accepted.Reader.TryRead(out accepted);

        public async Task<Accepted> AcceptAsync() =>
            await _accepted.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
    }
}
