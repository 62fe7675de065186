using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Scripted;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Core.Tests.Connections;

/// <summary>Two ends of one connection over a carrier, each held by a real stack: <see cref="Subject"/> is the end under test.</summary>
internal sealed class ConnectionPair : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Func<ValueTask> _close;

    private ConnectionPair(ToeConnection subject, ToeConnection peer, IToeStack stack, Func<ValueTask> close)
    {
        Subject = subject;
        Peer = peer;
        Stack = stack;
        _close = close;
    }

    /// <summary>More than any carrier takes while its peer does not read.</summary>
    public static ReadOnlyMemory<byte> TooMuch { get; } = new byte[96 * 1024 * 1024];

    public ToeConnection Subject { get; }

    public ToeConnection Peer { get; }

    /// <summary>The stack that holds the subject.</summary>
    public IToeStack Stack { get; }

    public Stream Stream => Subject.AsStream();

    public Stream PeerStream => Peer.AsStream();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<ConnectionPair> OpenAsync(CarrierKind kind, bool inlineScheduling = false) => kind switch
    {
        CarrierKind.Host or CarrierKind.HostAccepted => OpenHostAsync(kind == CarrierKind.HostAccepted),
        CarrierKind.Fabric or CarrierKind.FabricAccepted => OpenFabricAsync(kind == CarrierKind.FabricAccepted),
        CarrierKind.KernelManaged => OpenKernelManagedAsync(),
        _ => OpenScriptedAsync(kind == CarrierKind.ScriptedAccepted, inlineScheduling),
    };

    /// <summary>What does happen, within the patience of a loaded machine.</summary>
    public static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(Patience, Token);

    public static Task Soon(Task task) => task.WaitAsync(Patience, Token);

    public static Task<int> Soon(ValueTask<int> task) => Soon(task.AsTask());

    public static Task Soon(ValueTask task) => Soon(task.AsTask());

    /// <summary>Reads until the end of the stream.</summary>
    public static async Task<byte[]> ReadToEndAsync(ToeConnection connection)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await Soon(connection.ReceiveAsync(buffer, Token)) is > 0 and var received)
            all.Write(buffer, 0, received);
        return all.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await Subject.DisposeAsync();
        await Peer.DisposeAsync();
        await _close();
    }

    private static async Task<ConnectionPair> OpenHostAsync(bool accepted)
    {
        var bench = StackBench.Create();
        return await BetweenAsync(bench, bench, accepted, bench.DisposeAsync);
    }

    private static async Task<ConnectionPair> OpenKernelManagedAsync()
    {
        var bench = StackBench.Create(new ScriptedKernelAdapter("module", canKeepOff: true));
        var pair = await BetweenAsync(bench, bench, accepted: false, bench.DisposeAsync);
        Assert.Equal(OffloadModel.KernelManaged, pair.Subject.Placement.Model);
        return pair;
    }

    private static async Task<ConnectionPair> OpenFabricAsync(bool accepted)
    {
        var fabric = new Fabric();
        var connecting = Bench();
        var listening = Bench();
        var pair = await BetweenAsync(connecting, listening, accepted, async () =>
        {
            await connecting.DisposeAsync();
            await listening.DisposeAsync();
        });
        Assert.Equal(("emulated:fabric", "emulated:fabric"), (pair.Subject.Placement.AdapterId, pair.Peer.Placement.AdapterId));
        return pair;

        StackBench Bench() => StackBench.Create(
            [], [new EmulatedProvider([new EmulatedFabricOptions { Fabric = fabric }])], [], static services => services.AddSingleton(TimeProvider.System));
    }

    private static async Task<ConnectionPair> BetweenAsync(StackBench connecting, StackBench listening, bool accepted, Func<ValueTask> close)
    {
        await using var listener = await listening.ListenAsync();
        var accepting = listener.AcceptAsync(Token).AsTask();
        var client = await connecting.ConnectAsync(listener.LocalEndPoint);
        var server = await Soon(accepting);
        return accepted ? new ConnectionPair(server, client, listening.Stack, close) : new ConnectionPair(client, server, connecting.Stack, close);
    }

    private static async Task<ConnectionPair> OpenScriptedAsync(bool accepted, bool inlineScheduling)
    {
        var adapter = new ScriptedAdapter("wire");
        var bench = StackBench.Configured(new() { ["Toe:PreferInlineScheduling"] = inlineScheduling.ToString() }, adapter);
        await using var listener = await bench.ListenAsync();
        var accepting = listener.AcceptAsync(Token).AsTask();
        adapter.Connect = async (socket, _) =>
        {
            var (mine, theirs) = ScriptedWire.Pair();
            socket.Attach(mine);
            var refusal = await adapter.Listeners.Single().AcceptAsync(socket.LocalEndPoint, theirs);
            return refusal.IsNone ? ConnectResult.Connected : ConnectResult.RefusedBecause(refusal);
        };
        var client = await bench.ConnectAsync(new IPEndPoint(IPAddress.Loopback, listener.LocalEndPoint.Port));
        var server = await Soon(accepting);
        Assert.Equal(("scripted:wire", "scripted:wire"), (client.Placement.AdapterId, server.Placement.AdapterId));
        return accepted
            ? new ConnectionPair(server, client, bench.Stack, bench.DisposeAsync)
            : new ConnectionPair(client, server, bench.Stack, bench.DisposeAsync);
    }
}
