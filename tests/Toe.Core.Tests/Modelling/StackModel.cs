using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Modelling;

/// <summary>A whole stack under random use and random misfortune, from one seed. Everything ends by the fake clock; nothing is left when all is healed and closed.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Disposed in RunAsync.")]
internal sealed class StackModel
{
    /// <summary>Adapters come back soon, so that a round sees them fail more than once.</summary>
    private static readonly Dictionary<string, string?> Impatient = new()
    {
        ["Toe:Circuit:BreakDuration"] = "00:00:01",
        ["Toe:Circuit:ProbeSuccesses"] = "1",
        ["Toe:ProbeInterval"] = "00:00:01",
    };

    private readonly Random _random;
    private readonly List<Task> _users = [];
    private readonly ConcurrentQueue<ModelSession> _sessions = new();
    private readonly ModelMeters _meters = new();
    private readonly List<ModelAdapter> _adapters;
    private readonly ScriptedProvider _provider;
    private readonly StackBench _bench;
    private readonly TcpListener _server = StackBench.HostServer();
    private readonly List<string> _story = [];
    private ToeListener? _listener;
    private int _knocks;

    public StackModel(int seed)
    {
        _random = new Random(seed);
        var network = new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>();
        _adapters = [.. new[] { "a", "b", "c" }.Select((id, number) => new ModelAdapter(id, number, network))];
        _provider = new ScriptedProvider(_adapters.Select(adapter => adapter.Scripted));
        _bench = StackBench.Create(Impatient, [_provider], [.. _adapters.Select(adapter => adapter.Scripted)], services => services.AddSingleton<IMeterFactory>(_meters));
    }

    /// <summary>What came of it, for whoever wonders whether the model still reaches what it is for.</summary>
    public string Outcome => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{_users.Count} users, {_adapters.Sum(adapter => adapter.Scripted.Sockets.Count)} adapter sockets, {_bench.Log.Of(1012).Count} moves, {_bench.Log.Of(1011).Count} lost, {_bench.Log.Of(1001).Count} faults, {_bench.Log.Of(1002).Count} circuits opened");

    /// <summary>What was done, in order.</summary>
    public string Story => string.Join(Environment.NewLine, [.. _story, $"{_users.Count(user => !user.IsCompleted)} users are not done", .. _sessions.Select(session => session.ToString()).Where(doing => !doing.StartsWith("is done", StringComparison.Ordinal))]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task RunAsync(int steps)
    {
        _ = EchoPeer.ServeAsync(_server);
        _listener = await _bench.ListenAsync();
        var accepting = AcceptAsync();
        for (var i = 0; i < steps; i++)
        {
            Step();
            _bench.Time.Advance(TimeSpan.FromMilliseconds(_random.Next(_random.Next(2) == 0 ? 10 : 400)));
            if (_random.Next(3) != 0)
                await StackBench.Breath();
        }

        await HealAsync();
        await _listener.DisposeAsync();
        await _bench.RunAsync(accepting);
        await FillAsync();
        Assert.Empty(_bench.Stack.Connections);
        if (!_bench.Log.Of(1001).Any(fault => fault.Contains(ToeReasons.InternalProviderLate.Name, StringComparison.Ordinal)))
            Assert.All(_adapters, adapter => Assert.Equal(0, adapter.Overruns)); // What answers late may have taken its entry after all.
        await _bench.DisposeAsync();
        _server.Stop();
        Assert.Empty(_bench.Log.Of(1014)); // No exception that a move did not know.
        Assert.All(_meters.Active, count => Assert.Equal(0, count.Value));
        _meters.Dispose();
    }

    private void Step()
    {
        var adapter = _adapters[_random.Next(_adapters.Count)];
        switch (_random.Next(20))
        {
            case < 6:
                Use(ConnectAsync(_random.Next()));
                break;
            case 6 or 7:
                Do("knocks on", adapter, () => adapter.Knock(new IPEndPoint(IPAddress.Parse("198.51.100.1"), 1000 + _knocks++)));
                break;
            case 8:
                Use(EchoPeer.ConnectAsync(_listener!.LocalEndPoint));
                break;
            case 9 when _random.Next(2) == 0:
                Do("fails", adapter, () => adapter.Announce(AdapterHealth.Failed));
                break;
            case 9:
                Do("recovers", adapter, () => adapter.Announce(AdapterHealth.Recovering));
                break;
            case 10 or 11:
                Do("is healthy", adapter, () => adapter.Announce(AdapterHealth.Healthy));
                break;
            case 12 or 13:
                Do("misbehaves", adapter, () => adapter.Misbehave(_random));
                break;
            case 14:
                Do("is healed", adapter, adapter.Heal);
                break;
            case 15 or 16:
                Do("disturbs", adapter, () => adapter.Disturb(_random));
                break;
            case 17:
                Do("stops listening", adapter, adapter.StopListening);
                break;
            case 18:
                _provider.Host!.RescanNeeded();
                break;
            default:
                RemoveLast();
                break;
        }
    }

    private void Do(string what, ModelAdapter adapter, Action action)
    {
        _story.Add($"{adapter.Id} {what}");
        action();
    }

    private void Use(Task user) => _users.Add(user);

    private void RemoveLast()
    {
        if (_random.Next(4) != 0 || _adapters[^1].IsRemoved)
            return;
        Do("is removed", _adapters[^1], () => _adapters[^1].IsRemoved = true);
        _provider.Adapters = [.. _adapters.SkipLast(1).Select(adapter => adapter.Scripted)];
        _provider.Host!.RescanNeeded();
    }

    private async Task ConnectAsync(int seed)
    {
        var random = new Random(seed);
        var mode = random.Next(5) switch { 0 => ToeMode.Require, 1 => ToeMode.Forbid, _ => ToeMode.Prefer };
        using var cancel = new CancellationTokenSource();
        var connecting = _bench.Stack.ConnectAsync(
            new ToeConnectRequest(_server.LocalEndpoint) { Mode = mode, Timeout = TimeSpan.FromSeconds(random.Next(1, 10)) }, cancel.Token).AsTask();
        if (random.Next(6) == 0)
        {
            await StackBench.Breath();
            await cancel.CancelAsync();
        }

        try
        {
            var connection = await connecting;
            Assert.True(mode != ToeMode.Require || connection.Placement.AdapterId is not null, $"Required, and on {connection.Placement}.");
            Assert.True(mode != ToeMode.Forbid || connection.Placement.AdapterId is null, $"Forbidden, and on {connection.Placement}.");
            await SessionAsync(connection, seed);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // As asked.
        }
        catch (ToeOffloadRequiredException) when (mode == ToeMode.Require)
        {
            // No adapter would.
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused or SocketError.TimedOut)
        {
            // The peer's answer, or the time budget's end.
        }
    }

    private Task SessionAsync(ToeConnection connection, int seed)
    {
        var session = new ModelSession(connection, seed, _bench.Time, [.. _adapters.Select(adapter => adapter.Id)]);
        _sessions.Enqueue(session);
        return session.RunAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                Use(SessionAsync(await _listener!.AcceptAsync(Token), _knocks));
        }
        catch (ObjectDisposedException)
        {
            // Closed.
        }
    }

    /// <summary>All works again, and whatever was begun ends.</summary>
    private async Task HealAsync()
    {
        var healing = _bench.Time.GetTimestamp();
        foreach (var adapter in _adapters)
        {
            adapter.Heal();
            adapter.Announce(AdapterHealth.Healthy);
        }

        await RunUntilAsync(() =>
        {
            Assert.True(_bench.Time.GetElapsedTime(healing) < TimeSpan.FromMinutes(10), "A user waits beyond all deadlines.");
            return _users.ToArray().All(user => user.IsCompleted);
        });
        foreach (var user in _users.ToArray())
            await user;
    }

    /// <summary>As the bench does, in longer steps: nothing here asks for a deadline to be met.</summary>
    private Task RunUntilAsync(Func<bool> condition) => _bench.RunUntilAsync(() =>
    {
        if (condition())
            return true;
        _bench.Time.Advance(TimeSpan.FromMilliseconds(80));
        return false;
    });

    /// <summary>No lease was lost: the first adapter takes what its table holds beside the reserve, and no more.</summary>
    private async Task FillAsync()
    {
        var first = _adapters[0];
        await RunUntilAsync(() => _bench.Stack.Explain(new ToeConnectRequest(_server.LocalEndpoint)).AdapterId == first.Id);
        await RunUntilAsync(() => !first.Scripted.Live.Any(owned => owned is ScriptedSocket));
        await _bench.RunAsync(_bench.Stack.RefreshAsync(Token).AsTask());
        await _bench.RunAsync(_bench.Stack.RefreshAsync(Token).AsTask()); // What was settled while the first reading ran is in the second.
        var connections = new List<ToeConnection>();
        while (connections.Count <= ModelAdapter.Limit && connections.All(connection => connection.Placement.AdapterId == first.Id))
            connections.Add(await _bench.ConnectAsync(_server.LocalEndpoint));
        foreach (var connection in connections)
            await connection.DisposeAsync();
        Assert.Equal(ModelAdapter.Limit, connections.Count); // All but one entry, and the one that came elsewhere.
    }
}
