using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Toe.Conformance;

/// <summary>A provider, the adapter that is tried, and a peer, for one requirement. Owns them and everything that is opened on them.</summary>
internal sealed class Bench : IProviderHost, IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    private readonly ConformanceFixture _fixture;
    private readonly Stack<IAsyncDisposable> _owned = new();
    private IConformancePeer? _peer;
    private int _rescans;

    private Bench(ConformanceFixture fixture, ConformanceOptions options, CancellationToken stop)
    {
        _fixture = fixture;
        Patience = options.Deadline / 2; // Before the deadline itself, which says less.
        Stop = stop;
        Random = new Random(options.Seed);
    }

    public IToeProvider Provider { get; private set; } = null!;

    public Discovery Discovery { get; private set; } = null!;

    public IToeAdapter Adapter { get; private set; } = null!;

    public AdapterEventLog AdapterEvents { get; } = new();

    /// <summary>Seeded.</summary>
    public Random Random { get; }

    /// <summary>How long the requirement may wait for one thing. Real time.</summary>
    public TimeSpan Patience { get; }

    /// <summary>Cancelled when the requirement's time is over.</summary>
    public CancellationToken Stop { get; }

    public ILoggerFactory Logging => _fixture.Logging;

    public TimeProvider Time => _fixture.Time;

    public int Rescans => Volatile.Read(ref _rescans);

    public static async Task<Bench> CreateAsync(ConformanceFixture fixture, ConformanceOptions options, CancellationToken stop, bool hasSmallTables = false)
    {
        var bench = new Bench(fixture, options, stop);
        try
        {
            await bench.StartAsync(hasSmallTables);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>What was measured, for the report.</summary>
    public string Note { get; set; } = "";

    public void RescanNeeded() => Interlocked.Increment(ref _rescans);

    public Task<Discovery> DiscoverAsync() => Provider.DiscoverAsync(this, Stop).AsTask();

    public ValueTask PassAsync(TimeSpan time) => _fixture.PassAsync(time, Stop);

    /// <summary>Another provider, which shares nothing with the first. Owned by the caller.</summary>
    public ValueTask<IToeProvider> CreateProviderAsync() => _fixture.CreateProviderAsync(Stop);

    /// <summary>The peer, made when it is first asked for.</summary>
    public async Task<IConformancePeer> PeerAsync()
    {
        if (_peer is null)
        {
            _peer = await _fixture.CreatePeerAsync(Discovery.Adapters, Stop);
            _owned.Push(_peer);
        }

        return _peer;
    }

    /// <summary>An adapter that connections can move to.</summary>
    /// <exception cref="NotOfferedException">The adapter that is tried gives none up, and does not claim to.</exception>
    public IImportsState Target() => !Adapter.Status.Capabilities.Has(AdapterFeatures.ExportsState) ? throw new NotOfferedException("its sockets give no connection up") : _fixture.PickTarget(Discovery.Adapters, Adapter) ?? throw new NotHereException("there is no other adapter that a connection could move to");

    /// <summary>What can be done to the adapter.</summary>
    public ConformanceFaults Faults() => _fixture.Faults ?? throw new NotHereException("this fixture can do nothing to the adapter");

    /// <summary>Asks the adapter for a connection.</summary>
    /// <exception cref="RefusedException">It refuses.</exception>
    public async Task<TestedSocket> OpenAsync(IPEndPoint remote, IPEndPoint? local = null, ToeSocketOptions? options = null)
    {
        var (result, events) = await TryOpenAsync(remote, local, options);
        if (result.Socket is null)
            throw new RefusedException($"the open to {remote}", result.Refusal);
        return Own(new TestedSocket(result.Socket, events, result.Downgrades ?? [], Stop));
    }

    /// <summary>Asks the adapter for a connection, and takes a refusal for an answer.</summary>
    public async Task<(OpenResult Result, SocketEventLog Events)> TryOpenAsync(IPEndPoint remote, IPEndPoint? local = null, ToeSocketOptions? options = null)
    {
        var events = new SocketEventLog();
        var result = await Adapter.OpenAsync(new OpenRequest(local, remote, options ?? ToeSocketOptions.Default), events, Stop);
        Check.That(result.Socket is null != result.Refusal.IsNone, "an open is answered with a socket or with a reason, and never with both or neither");
        return (result, events);
    }

    /// <summary>A connection that the adapter opened, and the peer's end.</summary>
    public async Task<(TestedSocket Ours, IPeerConnection Theirs)> ConnectAsync(ToeSocketOptions? options = null, AddressFamily family = AddressFamily.InterNetwork)
    {
        var peer = await PeerAsync();
        var listener = await peer.ListenAsync(family, Stop);
        await using (listener)
        {
            var ours = await OpenAsync(listener.EndPoint, options: options);
            var accepting = listener.AcceptAsync(Stop).AsTask();
            await ours.ConnectAsync();
            return (ours, Own(await accepting));
        }
    }

    /// <summary>Has the adapter listen.</summary>
    /// <exception cref="RefusedException">It refuses.</exception>
    public async Task<TestedListener> ListenAsync(IPEndPoint? local = null, int backlog = 16, ToeSocketOptions? options = null)
    {
        var peer = await PeerAsync();
        var events = new ListenerEventLog(Stop);
        var request = new AdapterListenRequest(local ?? new IPEndPoint(peer.AdapterAddress(AddressFamily.InterNetwork), peer.FreePort()), backlog, options ?? ToeSocketOptions.Default);
        var result = await Adapter.ListenAsync(request, events, Stop);
        Check.That(result.Listener is null != result.Refusal.IsNone, "a listen is answered with a listener or with a reason, and never with both or neither");
        if (result.Listener is null)
            throw new RefusedException($"the listen at {request.Local}", result.Refusal);
        return Own(new TestedListener(result.Listener, events, result.Downgrades ?? [], this));
    }

    /// <summary>A connection that the peer opened and the adapter accepted.</summary>
    public async Task<(TestedSocket Ours, IPeerConnection Theirs)> AcceptAsync()
    {
        var listener = await ListenAsync();
        return await listener.AcceptAsync();
    }

    public T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Push(owned);
        return owned;
    }

    /// <summary>Waits until something is so.</summary>
    /// <param name="condition">What.</param>
    /// <param name="otherwise">What is wrong when it never becomes so.</param>
    public Task UntilAsync(Func<bool> condition, string otherwise) => UntilAsync(() => ValueTask.FromResult(condition()), () => otherwise);

    /// <summary>Waits until something is so that takes a call to find out.</summary>
    /// <param name="condition">What.</param>
    /// <param name="otherwise">What is wrong when it never becomes so.</param>
    public async Task UntilAsync(Func<ValueTask<bool>> condition, Func<string> otherwise)
    {
        // Looked at again and again, since nobody tells of most conditions.
        for (var started = TimeProvider.System.GetTimestamp(); !await condition();)
        {
            if (TimeProvider.System.GetElapsedTime(started) >= Patience)
                throw new UnmetException(otherwise());
            await PassAsync(Look);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out var owned))
            await owned.DisposeAsync();
        foreach (var adapter in Discovery?.Adapters ?? [])
            await adapter.DisposeAsync();
        if (Provider is not null)
            await Provider.DisposeAsync();
    }

    private async Task StartAsync(bool hasSmallTables)
    {
        Provider = await (hasSmallTables ? _fixture.CreateSmallProviderAsync(Stop) : CreateProviderAsync());
        Discovery = await DiscoverAsync() ?? throw new UnmetException("discovery answered null");
        Adapter = _fixture.Pick(Discovery.Adapters) ?? throw new NotHereException(
            "discovery found no such adapter" + string.Concat(Discovery.NotTaken.Select(static device => $"; {device.Device}: {device.Reason}")));
        Adapter.Subscribe(AdapterEvents);
    }
}
