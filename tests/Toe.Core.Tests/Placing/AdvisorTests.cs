using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Placing;

/// <summary>The advisor: what it measures on the program's own connections, and what the Worth gate makes of it.</summary>
public sealed class AdvisorTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact, Trait("Requirement", "TOE-TELE-003")]
    public async Task QualityHostFaster_when_the_adapter_is_throttled_until_the_host_stack_is()
    {
        await using var path = await BothSides.OpenAsync([]);
        await path.MoveAsync(onHost: 100_000, onAdapter: 10_000, times: 5);

        var slower = path.Explain();
        Assert.Null(slower.AdapterId);
        Assert.True(slower.Reason.Is(ToeReasons.QualityHostFaster));
        Assert.Equal("host 800 kbit/s over 4+ samples, adapter 80 kbit/s over 4+ on 127.0.0.0/24", slower.Reason.Text);
        await using (var connection = await path.Bench.ConnectAsync(path.Remote))
        {
            Assert.Null(connection.Placement.AdapterId);
            Assert.True(connection.Placement.Reason.Is(ToeReasons.QualityHostFaster));
            Assert.Empty(path.Bench.Log.Of(1010)); // It was no fallback.
        }

        for (var i = 0; i < 100 && path.Explain().AdapterId is null; i++)
            await path.MoveAsync(onHost: 10_000, onAdapter: 100_000, times: 1);

        var faster = path.Explain();
        Assert.Equal("scripted:one", faster.AdapterId);
        Assert.Contains("adapter ", faster.Candidates.Single().Gates[^1].Reason.Text, StringComparison.Ordinal);
        for (var i = 0; i < 100 && path.Explain().AdapterId is not null; i++)
            await path.MoveAsync(onHost: 100_000, onAdapter: 10_000, times: 1);
        Assert.Null(path.Explain().AdapterId); // And back again.
    }

    [Fact]
    public async Task QualityMeasured_sends_one_open_in_the_interval_to_the_other_side()
    {
        await using var path = await BothSides.OpenAsync([]);
        foreach (var hostIsFaster in new[] { true, false })
        {
            var preferred = hostIsFaster ? null : "scripted:one";
            for (var i = 0; i < 100 && (i < 5 || path.Explain().AdapterId != preferred); i++)
                await path.MoveAsync(hostIsFaster ? 100_000 : 10_000, hostIsFaster ? 10_000 : 100_000, times: 1);
            for (var minute = 0; minute < 3; minute++)
            {
                path.Bench.Time.Advance(TimeSpan.FromMinutes(1));
                await MovingHost.LookAsync(path.Bench);
                Assert.NotEqual(preferred, path.Explain().AdapterId); // Asking takes nothing.

                var places = new List<ToeConnection>();
                for (var i = 0; i < 5; i++)
                    places.Add(await path.Bench.ConnectAsync(path.Remote));

                var explorer = Assert.Single(places, connection => connection.Placement.AdapterId != preferred);
                Assert.Same(places[0], explorer);
                Assert.True(explorer.Trace.Candidates.Single().Gates[^1].Reason.Is(ToeReasons.QualityMeasured));
                foreach (var connection in places)
                    await connection.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task SideThatWasMeasuredJustNow_NeedsNoExplorer()
    {
        await using var path = await BothSides.OpenAsync([]);
        for (var i = 0; i < 90; i++)
            await path.MoveAsync(onHost: 100_000, onAdapter: 10_000, times: 1);

        Assert.True(path.Explain().Reason.Is(ToeReasons.QualityHostFaster));
    }

    [Fact]
    public async Task RequiredAdapter_IsUsed_WhateverIsFaster()
    {
        await using var path = await BothSides.OpenAsync([]);
        await path.MoveAsync(onHost: 100_000, onAdapter: 10_000, times: 5);

        await using var connection = await path.Bench.ConnectAsync(path.Remote, ToeMode.Require);

        Assert.Equal("scripted:one", connection.Placement.AdapterId);
    }

    [Fact]
    public async Task WhatMovesTooLittleToShowIt_IsComparedByRoundTripTime()
    {
        await using var path = await BothSides.OpenAsync(new() { ["Toe:Worth:SampleBytes"] = "1000000" });
        foreach (var socket in path.Adapter.Sockets)
            socket.Info = static () => new AdapterSocketInfo(TcpState.Established, OffloadConfidence.Confirmed) { RoundTripTime = TimeSpan.FromSeconds(2) };
        await path.MoveAsync(onHost: 1_000, onAdapter: 1_000, times: 5);

        Assert.True(path.Explain().Reason.Is(ToeReasons.QualityHostFaster));
        Assert.Contains("adapter 2000 ms", path.Explain().Reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IdleSide_IsForgotten_AndTheVerdictWithIt()
    {
        await using var path = await BothSides.OpenAsync(new() { ["Toe:Worth:ForgetAfter"] = "00:05:00", ["Toe:Worth:ExploreInterval"] = "1.00:00:00" });
        await path.MoveAsync(onHost: 100_000, onAdapter: 10_000, times: 5);
        Assert.Null(path.Explain().AdapterId);

        path.Bench.Time.Advance(TimeSpan.FromMinutes(5)); // Less than a reading of the adapter may take.
        await MovingHost.LookAsync(path.Bench);

        Assert.Equal("scripted:one", path.Explain().AdapterId);
    }

    [Fact]
    public async Task Off_ByDefault_NothingIsMeasured()
    {
        await using var path = await BothSides.OpenAsync(new() { ["Toe:Worth:Enabled"] = "false" });
        await path.MoveAsync(onHost: 100_000, onAdapter: 10_000, times: 5);

        Assert.Equal(0, path.Bench.Stack.Advisor.Count);
        Assert.Equal(GateOutcome.NotApplicable, path.Explain().Candidates.Single().Gates[^1].Outcome);
    }

    [Fact]
    public async Task Paths_AreBounded_AndTheOneMeasuredLongestAgoMakesRoom()
    {
        await using var path = await BothSides.OpenAsync(new() { ["Toe:Worth:Paths"] = "2" });
        await path.MoveAsync(onHost: 100_000, onAdapter: 10_000, times: 5);
        foreach (var prefix in new[] { "192.0.2", "198.51.100", "203.0.113" })
        {
            var far = await path.Bench.ConnectAsync(new IPEndPoint(IPAddress.Parse($"{prefix}.1"), 7));
            BothSides.TakeEverything(path.Adapter);
            await MovingHost.LookAsync(path.Bench);
            await far.SendAsync(new byte[10_000], None);
            await MovingHost.LookAsync(path.Bench);
            await far.DisposeAsync();
        }

        Assert.Equal(2, path.Bench.Stack.Advisor.Count);
        Assert.Equal(GateOutcome.NotApplicable, path.Explain().Candidates.Single().Gates[^1].Outcome); // 127.0.0.0/24 is gone.
    }

    /// <summary>One connection on each side to the same peer.</summary>
    private sealed class BothSides : IAsyncDisposable
    {
        private readonly TcpListener _server;
        private readonly ToeConnection _onAdapter;
        private readonly ToeConnection _onHost;
        private readonly Socket _peer;

        private BothSides(StackBench bench, ScriptedAdapter adapter, TcpListener server, ToeConnection onAdapter, ToeConnection onHost, Socket peer) =>
            (Bench, Adapter, _server, _onAdapter, _onHost, _peer) = (bench, adapter, server, onAdapter, onHost, peer);

        public StackBench Bench { get; }

        public ScriptedAdapter Adapter { get; }

        public IPEndPoint Remote => (IPEndPoint)_server.LocalEndpoint;

        public static async Task<BothSides> OpenAsync(Dictionary<string, string?> configuration)
        {
            var adapter = new ScriptedAdapter("one");
            var options = new Dictionary<string, string?>
            {
                ["Toe:Worth:Enabled"] = "true",
                ["Toe:Worth:MinimumSamples"] = "4",
                ["Toe:Worth:SampleBytes"] = "5000",
                ["Toe:Worth:HoldFor"] = "00:00:00",
                ["Toe:Placement:SweepInterval"] = "01:00:00", // The test says when.
                ["Toe:ControlDeadline"] = "00:10:00", // What ends in the background is not late, however fast the clock runs.
            };
            foreach (var (key, value) in configuration)
                options[key] = value;
            var bench = StackBench.Configured(options, adapter);
            var server = StackBench.HostServer();
            var onAdapter = await bench.ConnectAsync(server.LocalEndpoint);
            var onHost = await bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid);
            TakeEverything(adapter);
            var path = new BothSides(bench, adapter, server, onAdapter, onHost, await server.AcceptSocketAsync(None));
            await MovingHost.LookAsync(bench);
            return path;
        }

        public static void TakeEverything(ScriptedAdapter adapter)
        {
            foreach (var socket in adapter.Sockets)
            {
                socket.Sending = static (buffer, out bytes) =>
                {
                    bytes = buffer.Length;
                    return IoStatus.Done;
                };
            }
        }

        /// <summary>So many bytes a second on each side, for so many seconds.</summary>
        public async Task MoveAsync(int onHost, int onAdapter, int times)
        {
            var buffer = new byte[onHost];
            for (var i = 0; i < times; i++)
            {
                await _onAdapter.SendAsync(new byte[onAdapter], None);
                await _onHost.SendAsync(buffer, None);
                for (var received = 0; received < onHost;)
                    received += await _peer.ReceiveAsync(buffer.AsMemory(received), SocketFlags.None, None);
                await MovingHost.LookAsync(Bench);
            }
        }

        public DecisionTrace Explain() => Bench.Stack.Explain(new ToeConnectRequest(Remote));

        public async ValueTask DisposeAsync()
        {
            _peer.Dispose();
            _server.Dispose();
            await _onAdapter.DisposeAsync();
            await _onHost.DisposeAsync();
            await Bench.DisposeAsync();
        }
    }
}
