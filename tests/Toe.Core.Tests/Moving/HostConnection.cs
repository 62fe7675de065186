using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Scripted;
using Toe.Linux;
using Toe.Moving;
using Toe.Testing;

namespace Toe.Core.Tests.Moving;

/// <summary>A connection of a stack on the host, whose far end is a plain kernel socket in the test's hand, beside adapters that move.</summary>
internal sealed class HostConnection : IAsyncDisposable
{
    private HostConnection(StackBench bench, ToeConnection subject, Socket peer, ScriptedTracking tracking) => (Bench, Subject, Peer, Tracking) = (bench, subject, peer, tracking);

    public static ToeReason Refusal =>
        OperatingSystem.IsLinux() ? TcpRepair.Refusal : ToeReasons.EnvironmentOperatingSystem;

    public StackBench Bench { get; }

    public ToeConnection Subject { get; }

    public Socket Peer { get; }

    public ScriptedTracking Tracking { get; }

    public static Task<HostConnection> OpenAsync(params ScriptedAdapter[] adapters) => OpenAsync([], ToeMode.Forbid, adapters);

    public static async Task<HostConnection> OpenAsync(Dictionary<string, string?> configuration, ToeMode? mode, params ScriptedAdapter[] adapters)
    {
        Needs.Root();
        Needs.That(Refusal.IsNone, Refusal.ToString());
        var tracking = new ScriptedTracking();
        var bench = StackBench.Create(configuration, [new ScriptedProvider(adapters)], adapters, services => services.AddSingleton<IConnectionTracking>(tracking));
        using var server = StackBench.HostServer();
        var subject = await bench.ConnectAsync(server.LocalEndpoint, mode);
        return new HostConnection(bench, subject, await server.AcceptSocketAsync(TestContext.Current.CancellationToken), tracking);
    }

    public Task<ToeReason> MoveAsync(string? adapterId) => Bench.RunAsync(Subject.MoveAsync(adapterId, CancellationToken.None).AsTask());

    /// <summary>Waits until neither end has anything to say: a segment for a connection that is elsewhere would be answered with RST.</summary>
    public async Task QuietAsync()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var socket = Peer;
        await StackBench.UntilAsync(() => OperatingSystem.IsLinux() && IsAcknowledged(socket));
        await StackBench.UntilAsync(() => Subject.GetInfo().State == System.Net.NetworkInformation.TcpState.Established);
    }

    public Task<byte[]> PeerReceivesAsync(int count) => ReceiveAsync(memory => Peer.ReceiveAsync(memory, SocketFlags.None, TestContext.Current.CancellationToken), count);

    public Task<byte[]> SubjectReceivesAsync(int count) => ReceiveAsync(memory => Subject.ReceiveAsync(memory, TestContext.Current.CancellationToken), count);

    /// <summary>Bytes go both ways.</summary>
    public async Task TalkAsync()
    {
        await Subject.SendAsync("ping"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("ping"u8.ToArray(), await PeerReceivesAsync(4));
        await Peer.SendAsync("pong"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("pong"u8.ToArray(), await SubjectReceivesAsync(4));
    }

    public async ValueTask DisposeAsync()
    {
        Peer.Dispose();
        await Bench.RunAsync(Subject.DisposeAsync().AsTask());
        await Bench.DisposeAsync();
    }

    private static bool IsAcknowledged(Socket socket)
    {
        Span<byte> info = stackalloc byte[232];
        socket.GetRawSocketOption(6, 11, info); // TCP_INFO: tcpi_unacked, linux/tcp.h
        return BitConverter.ToUInt32(info[24..]) == 0;
    }

    private static async Task<byte[]> ReceiveAsync(Func<Memory<byte>, ValueTask<int>> receive, int count)
    {
        var all = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = await receive(all.AsMemory(received)).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.True(more > 0, $"The stream ended behind {received} bytes.");
            received += more;
        }

        return all;
    }
}
