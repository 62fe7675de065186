using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Toe.Policy;

namespace Toe.Core.Tests.Scripted;

/// <summary>A stack over scripted adapters under a fake clock. At its end it proves that nothing leaked: every socket and listener was disposed, and nothing escaped into an adapter's thread.</summary>
internal sealed class StackBench : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250); // What needs no time to pass is done by then, also on a busy machine.

    private readonly IReadOnlyList<ScriptedAdapter> _adapters;

    private StackBench(IReadOnlyList<ScriptedAdapter> adapters) => _adapters = adapters;

    public FakeTimeProvider Time { get; } = new();

    public LogBook Log { get; } = new();

    public ToeStack Stack { get; private set; } = null!;

    /// <summary>What a test leaves open on purpose, for example behind a card that hangs in its disposal.</summary>
    public bool AllowsLeaks { get; set; }

    public static StackBench Create(params ScriptedAdapter[] adapters) => Configured([], adapters);

    public static StackBench Configured(Dictionary<string, string?> configuration, params ScriptedAdapter[] adapters) =>
        Create(configuration, [new ScriptedProvider(adapters)], adapters);

    public static StackBench Create(
        Dictionary<string, string?> configuration, IReadOnlyList<IToeProvider> providers, IReadOnlyList<ScriptedAdapter> adapters,
        Action<IServiceCollection>? services = null)
    {
        var bench = new StackBench(adapters);
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Toe:Diagnostics:Endpoint"] = "false" })
            .AddInMemoryCollection(configuration)
            .Build();
        bench.Configuration = settings;
        bench.Stack = ToeStack.Create(builder =>
        {
            builder.Services.AddSingleton<IConfiguration>(settings);
            builder.Services.AddSingleton<TimeProvider>(bench.Time);
            builder.Services.AddSingleton<ILoggerProvider>(bench.Log);
            builder.Services.AddSingleton(new OperatorPlace("/nonexistent/toe.json", null));
            foreach (var provider in providers)
                builder.AddProvider(_ => provider);
            services?.Invoke(builder.Services);
        });
        return bench;
    }

    public IConfigurationRoot Configuration { get; private set; } = null!;

    /// <summary>A connect to nobody on this host: only adapters reach it.</summary>
    public static IPEndPoint Elsewhere { get; } = new(IPAddress.Parse("192.0.2.1"), 7);

    /// <summary>Waits for something that does happen, and lets the fake clock run meanwhile.</summary>
    public async Task<T> RunAsync<T>(Task<T> task)
    {
        await RunAsync((Task)task);
        return await task;
    }

    public async Task RunAsync(Task task)
    {
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAny(task, Task.Delay(Grace, TimeProvider.System, TestContext.Current.CancellationToken));
        while (!task.IsCompleted)
        {
            RunClock(started);
            await Task.WhenAny(task, Breath()); // Lets the pool run; the fake clock is what moves things.
        }

        await task;
    }

    /// <summary>Lets the fake clock run until the condition holds.</summary>
    public async Task RunUntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            RunClock(started);
            await Breath();
        }
    }

    /// <summary>Waits for the condition with the clock standing still.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "It did not happen.");
            await Breath();
        }
    }

    /// <summary>Lets the pool and the adapters' threads run for a moment; nothing depends on how long it is.</summary>
    public static Task Breath() => Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>Connects, with the clock running.</summary>
    public Task<ToeConnection> ConnectAsync(EndPoint remote, ToeMode? mode = null) =>
        RunAsync(Stack.ConnectAsync(new ToeConnectRequest(remote) { Mode = mode }, TestContext.Current.CancellationToken).AsTask());

    public Task<ToeListener> ListenAsync(IPEndPoint? local = null, ToeMode? mode = null) =>
        RunAsync(Stack.ListenAsync(new ToeListenRequest(local ?? new IPEndPoint(IPAddress.Loopback, 0)) { Mode = mode }, TestContext.Current.CancellationToken).AsTask());

    /// <summary>A plain server of the host, at the loopback address.</summary>
    public static TcpListener HostServer()
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        var disposing = Stack.DisposeAsync().AsTask();
        if (!AllowsLeaks)
            await Task.WhenAny(disposing, Task.Delay(20 * Grace, TimeProvider.System, TestContext.Current.CancellationToken));
        await RunAsync(disposing);
        foreach (var adapter in _adapters)
        {
            Assert.Empty(adapter.Thread.Escaped);
            if (AllowsLeaks)
                continue;
            await UntilAsync(() => adapter.Live.Count == 0); // A late result may be disposed a moment after the stack.
            Assert.True(adapter.IsDisposed);
        }
    }

    private void RunClock(long started)
    {
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        Assert.True(elapsed < Patience, "It did not happen.");
        if (elapsed > Grace)
            Time.Advance(TimeSpan.FromMilliseconds(20));
    }
}
