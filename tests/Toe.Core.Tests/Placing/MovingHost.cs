using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Moving;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Placing;

/// <summary>A connection that the host stack made and an adapter carries, beside the kernel socket of its peer.</summary>
internal sealed class MovingHost : IAsyncDisposable
{
    public const string There = "scripted:one";

    private MovingHost(HostConnection host, ScriptedMovingAdapter adapter) => (Host, Adapter) = (host, adapter);

    public HostConnection Host { get; }

    public ScriptedMovingAdapter Adapter { get; }

    public StackBench Bench => Host.Bench;

    public ToeConnection Subject => Host.Subject;

    public static ScriptedMovingAdapter NewAdapter(string id = "one", OffloadModel model = OffloadModel.EstablishedState) =>
        new(id, new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>(), model) { TakesFromHost = true };

    /// <summary>The connection, offloaded as soon as it is made.</summary>
    public static async Task<MovingHost> OffloadedAsync(
        Dictionary<string, string?>? configuration = null, ToeMode? mode = null, Func<AdapterStatus, AdapterStatus>? status = null)
    {
        var adapter = NewAdapter();
        if (status is not null)
            adapter.Change(status);
        var host = await HostConnection.OpenAsync(configuration ?? [], mode, adapter);
        await StackBench.UntilAsync(() => host.Subject.Placement.AdapterId == There);
        return new MovingHost(host, adapter);
    }

    /// <summary>The connection, wherever the options have it begin.</summary>
    public static async Task<MovingHost> OpenAsync(Dictionary<string, string?> configuration, OffloadModel model = OffloadModel.EstablishedState)
    {
        var adapter = NewAdapter(model: model);
        return new MovingHost(await HostConnection.OpenAsync(configuration, mode: null, adapter), adapter);
    }

    /// <summary>Waits, with the clock running, until the connection runs on the host stack, and proves that it does.</summary>
    public async Task OnHostAsync()
    {
        await Bench.RunUntilAsync(() => Subject.Placement.AdapterId is null);
        await Host.TalkAsync();
        await Host.QuietAsync(); // An adapter that gets it does not answer its peer.
    }

    public Task OnAdapterAsync() => Bench.RunUntilAsync(() => Subject.Placement.AdapterId == There);

    /// <summary>Lets a second pass, and looks.</summary>
    public Task LookAsync() => LookAsync(Bench);

    public static async Task LookAsync(StackBench bench)
    {
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.RunAsync(bench.Stack.Sweep.LookQuietlyAsync());
    }

    /// <summary>Further connections of the same stack, with their peers.</summary>
    public async Task<List<(ToeConnection Ours, Socket Theirs)>> ConnectAsync(int count)
    {
        using var server = StackBench.HostServer();
        var connections = new List<(ToeConnection, Socket)>();
        for (var i = 0; i < count; i++)
        {
            var ours = await Bench.ConnectAsync(server.LocalEndpoint);
            connections.Add((ours, await server.AcceptSocketAsync(TestContext.Current.CancellationToken)));
        }

        return connections;
    }

    public void Configure(string key, string? value)
    {
        Bench.Configuration[key] = value;
        Bench.Configuration.Reload();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
