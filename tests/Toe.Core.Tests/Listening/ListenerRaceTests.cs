using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Listening;

/// <summary>Listeners below which things go wrong at a bad moment.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "The stack under test owns adapters and log providers.")]
public sealed class ListenerRaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListenerThatStopsAgainAndAgain_IsAskedForOncePerProbeInterval()
    {
        var adapter = new ScriptedAdapter("flaps");
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();

        for (var i = 0; i < 100; i++) // The clock stands still.
        {
            foreach (var taken in adapter.Listeners)
                taken.Stop(ToeReasons.ResourceOther);
            await StackBench.Breath();
        }

        Assert.InRange(adapter.Listeners.Count, 1, 2);
        var count = adapter.Listeners.Count;
        var before = bench.Time.GetTimestamp();
        await bench.RunUntilAsync(() => adapter.Listeners.Count > count);
        Assert.InRange(bench.Time.GetElapsedTime(before), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task ExceptionBehindAnAccept_CostsThatConnectionOnly()
    {
        var faulty = new ThrowingLogs(1010); // The application's own code, which may throw.
        var adapter = new ScriptedAdapter("full");
        adapter.Change(status => status with { Budgets = [new ToeBudget("connections", 1, 1, ToeReasons.ResourceConnections) { ConnectionCost = 1, ConnectionCostIPv6 = 1 }] });
        await using var bench = StackBench.Create([], [new ScriptedProvider(adapter)], [adapter], services => services.AddSingleton<ILoggerProvider>(faulty));
        await using var listener = await bench.ListenAsync();
        using var first = await FallBackAsync(adapter, listener);
        await StackBench.UntilAsync(() => faulty.Thrown == 1);
        faulty.IsWell = true;

        using var second = await FallBackAsync(adapter, listener);

        await bench.RunUntilAsync(() => bench.Stack.Connections.Count == 1);
        await using var accepted = await listener.AcceptAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(((IPEndPoint)second.Client.LocalEndPoint!).Port, accepted.RemoteEndPoint.Port);
        await Assert.ThrowsAnyAsync<Exception>(async () => // Closed: RST, or an end.
        {
            if (await first.GetStream().ReadAsync(new byte[1], Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token) == 0)
                throw new EndOfStreamException();
        });
    }

    [Fact]
    public async Task ConnectionAcceptedBeforeTheListenReturned_HasTheTraceOfItsAdapter()
    {
        var adapter = new ScriptedAdapter("early");
        await using var bench = StackBench.Create(adapter);
        adapter.ListenReturns = static async taken => await taken.KnockAsync(new IPEndPoint(IPAddress.Loopback, 9));

        await using var listener = await bench.ListenAsync();

        await using var accepted = await listener.AcceptAsync(Token);
        Assert.Equal(("scripted:early", "scripted:early"), (accepted.Placement.AdapterId, accepted.Trace.AdapterId));
        Assert.True(accepted.Trace.Reason.IsNone, accepted.Trace.ToString());
    }

    [Fact]
    public async Task ConnectionOfACardThatWasResetBehindTheHandshake_IsLost()
    {
        var adapter = new ScriptedAdapter("reset");
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();
        var taken = adapter.Listeners.Single();

        for (var port = 1; port <= 100; port++)
        {
            var knocking = taken.KnockAsync(new IPEndPoint(IPAddress.Loopback, port));
            adapter.Announce(AdapterHealth.Failed);
            adapter.Announce(AdapterHealth.Healthy);
            if ((await knocking).Peer is null)
                continue; // Not judged again yet.
            await using var accepted = await listener.AcceptAsync(Token);
            await Assert.ThrowsAsync<ToeConnectionLostException>(
                () => accepted.ReceiveAsync(new byte[1], Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token));
        }
    }

    [Fact]
    public async Task Disposal_DoesNotWaitForTheClock_WhenTheHostFailsToAccept()
    {
        var faulty = new ThrowingLogs(1010);
        var adapter = new ScriptedAdapter("full");
        adapter.Change(status => status with { Budgets = [new ToeBudget("connections", 1, 1, ToeReasons.ResourceConnections) { ConnectionCost = 1, ConnectionCostIPv6 = 1 }] });
        await using var bench = StackBench.Create([], [new ScriptedProvider(adapter)], [adapter], services => services.AddSingleton<ILoggerProvider>(faulty));
        var listener = await bench.ListenAsync();
        using var client = await FallBackAsync(adapter, listener);
        await StackBench.UntilAsync(() => faulty.Thrown == 1);

        await listener.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token); // The clock stands still.
    }

    /// <summary>A connection that the full adapter leaves to the host.</summary>
    private static async Task<TcpClient> FallBackAsync(ScriptedAdapter adapter, ToeListener listener)
    {
        var client = new TcpClient();
        client.Client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.True((await adapter.Listeners.Single().KnockAsync((IPEndPoint)client.Client.LocalEndPoint!)).Refusal.Is(ToeReasons.ResourceConnections));
        await client.ConnectAsync(listener.LocalEndPoint, Token);
        return client;
    }

    private sealed class ThrowingLogs(int id) : ILoggerProvider, ILogger
    {
        private int _thrown;

        public bool IsWell { get; set; }

        public int Thrown => Volatile.Read(ref _thrown);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id != id || IsWell)
                return;
            Interlocked.Increment(ref _thrown);
            throw new InvalidOperationException("scripted");
        }

        public void Dispose()
        {
        }
    }
}
