using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Modelling;

/// <summary>A moving adapter with a small connection table, whose peers echo, and which can be made to misbehave in every way the contract knows.</summary>
internal sealed class ModelAdapter
{
    public const int Limit = 6;

    private readonly ConcurrentBag<TaskCompletionSource> _hung = [];
    private readonly ConcurrentQueue<ScriptedPeer> _peers = new();
    private int _overruns;

    public ModelAdapter(string id, int number, ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire> network)
    {
        Scripted = new ScriptedMovingAdapter(id, network) { Address = new IPAddress([127, 0, 0, (byte)(number + 2)]), Counted = Counted };
        Scripted.Change(Counted);
        Heal();
    }

    public ScriptedMovingAdapter Scripted { get; }

    public string Id => Scripted.Identity.Id;

    public bool IsRemoved { get; set; }

    /// <summary>How often the stack asked for more than the table holds.</summary>
    public int Overruns => Volatile.Read(ref _overruns);

    private int Used => Scripted.Live.Count(owned => owned is ScriptedSocket) + Scripted.Places;

    public void Announce(AdapterHealth health) =>
        Scripted.Announce(status => Counted(status) with { Health = health, Reason = health == AdapterHealth.Failed ? ToeReasons.HealthLinkDown : ToeReason.None });

    public void Misbehave(Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                Scripted.OpenScript = Script<OpenResult>(random, () => OpenResult.Refused(ToeReasons.ResourceMemory));
                break;
            case 1:
                Scripted.Connect = Connecting(random);
                break;
            case 2:
                Script<AdapterStatus>(random, null)(Scripted.Refreshing);
                break;
            case 3:
                Scripted.PrepareScript = Script<PrepareResult>(random, () => PrepareResult.Refused(ToeReasons.ResourceMemory));
                break;
            default:
                Scripted.FreezeScript = Script<IMoveSource>(random, null);
                Scripted.ImportScript = random.Next(2) == 0 ? static () => ToeReasons.ResourceMemory : static () => throw new IOException("scripted");
                break;
        }
    }

    public void Disturb(Random random)
    {
        if (Scripted.Live.OfType<ScriptedSocket>().ToList() is { Count: > 0 } sockets)
        {
            var socket = sockets[random.Next(sockets.Count)];
            socket.Raise(random.Next(3) switch
            {
                0 => static events => events.OnReady(Readiness.Receive | Readiness.Send),
                1 => static events => events.OnUploadWanted(ToeReasons.QualityLowActivity, mandatory: false),
                _ => static events => events.OnUploadWanted(ToeReasons.QualityDropRate, mandatory: true),
            });
        }

        if (random.Next(3) == 0 && _peers.TryDequeue(out var peer))
            peer.Reset();
    }

    public void Knock(IPEndPoint remote)
    {
        if (Scripted.Listeners.LastOrDefault() is { IsDisposed: false } listener)
            _ = KnockAsync(listener, remote);
    }

    public void StopListening()
    {
        if (Scripted.Listeners.LastOrDefault() is { IsDisposed: false } listener)
            listener.Stop(ToeReasons.ResourceOther);
    }

    /// <summary>Everything works again; what hung answers, late.</summary>
    public void Heal()
    {
        Scripted.OpenScript = Usual;
        Scripted.Connect = (socket, _) => ValueTask.FromResult(Accept(socket));
        Scripted.PrepareScript = null;
        Scripted.FreezeScript = null;
        Scripted.ImportScript = null;
        Scripted.Refreshing.Usual();
        foreach (var hung in _hung)
            hung.TrySetResult();
    }

    private async Task KnockAsync(ScriptedListener listener, IPEndPoint remote)
    {
        try
        {
            if ((await listener.KnockAsync(remote)).Peer is { } peer)
                Echo(peer);
        }
        catch (TimeoutException)
        {
            // The adapter was removed under the knock.
        }
    }

    private void Usual(ScriptedCall<OpenResult> call)
    {
        if (Used < Limit)
            return;
        Interlocked.Increment(ref _overruns);
        call.Answers(static () => OpenResult.Refused(ToeReasons.ResourceConnections));
    }

    private Action<ScriptedCall<T>> Script<T>(Random random, Func<T>? refusal) => random.Next(4) switch
    {
        0 => static call => call.Throws(static () => new IOException("scripted")),
        1 => static call => call.ThrowsAtOnce(static () => new InvalidOperationException("scripted")),
        2 when refusal is not null => call => call.Answers(refusal),
        _ => call => _hung.Add(call.Hangs()),
    };

    private Func<ScriptedSocket, CancellationToken, ValueTask<ConnectResult>> Connecting(Random random) => random.Next(4) switch
    {
        0 => static (_, _) => ValueTask.FromResult(ConnectResult.Answered(SocketError.ConnectionRefused)),
        1 => static (_, _) => ValueTask.FromResult(ConnectResult.RefusedBecause(ToeReasons.ResourceNeighbours)),
        2 => static async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return ConnectResult.Connected;
        }
        ,
        _ => async (socket, _) =>
        {
            var hung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _hung.Add(hung);
            await hung.Task;
            return Accept(socket);
        }
        ,
    };

    private ConnectResult Accept(ScriptedSocket socket)
    {
        var (mine, theirs) = ScriptedWire.Pair();
        socket.Attach(mine);
        Echo(new ScriptedPeer(theirs));
        return ConnectResult.Connected;
    }

    private void Echo(ScriptedPeer peer)
    {
        _peers.Enqueue(peer);
        _ = EchoPeer.RunAsync(peer);
    }

    private AdapterStatus Counted(AdapterStatus status) => status with
    {
        Budgets = [new ToeBudget("connections", Used, Limit, ToeReasons.ResourceConnections) { ConnectionCost = 1, ConnectionCostIPv6 = 1 }],
    };
}
