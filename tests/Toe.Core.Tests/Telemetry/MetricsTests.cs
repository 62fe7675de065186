using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Toe.Core.Tests.Connections;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Telemetry;

/// <summary>The meter <c>Toe</c>: documented names and units, bounded tags, and counts that match what happened.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact, Trait("Requirement", "TOE-TELE-004")]
    public async Task OpenConnections_AreCountedByProvider_AndComeBackToZero()
    {
        var adapter = new ScriptedAdapter("one");
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        {
            await using (bench)
            {
                using var server = StackBench.HostServer();
                var offloaded = await bench.ConnectAsync(StackBench.Elsewhere);
                var plain = await bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid);
                var left = await bench.ConnectAsync(StackBench.Elsewhere);
                Assert.Equal((2, 1), (measured.Sum("toe.connection.active", "toe.provider=scripted"), measured.Sum("toe.connection.active", "toe.provider=host")));

                await offloaded.DisposeAsync();
                await offloaded.DisposeAsync();
                offloaded.Abort();
                plain.Abort();
                plain.Abort();
                await plain.DisposeAsync();
                Assert.Equal((1, 0), (measured.Sum("toe.connection.active", "toe.provider=scripted"), measured.Sum("toe.connection.active", "toe.provider=host")));
                Assert.Equal(left.Id, Assert.Single(bench.Stack.Connections).Id);
            }

            Assert.Equal(0, measured.Of("toe.connection.active").Sum(one => one.Value));
        }
    }

    [Fact]
    public async Task TimeOnAnAdapter_IsMeasuredInSeconds_AndOnTheHostNotAtAll()
    {
        var (bench, measured) = Measured.Start(new ScriptedAdapter("one"));
        using (measured)
        await using (bench)
        {
            using var server = StackBench.HostServer();
            var offloaded = await bench.ConnectAsync(StackBench.Elsewhere);
            await using var plain = await bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid);
            bench.Time.Advance(TimeSpan.FromSeconds(90));
            await plain.DisposeAsync();
            Assert.Empty(measured.Of("toe.connection.offload.duration"));

            await offloaded.DisposeAsync();

            var (seconds, tags) = Assert.Single(measured.Of("toe.connection.offload.duration"));
            Assert.Equal("toe.provider=scripted", tags);
            Assert.InRange(seconds, 90, 120); // The clock also ran while the connections were opened.
        }
    }

    [Fact, Trait("Requirement", "TOE-TELE-005")]
    public async Task Bytes_AreCountedByDirectionAndProvider()
    {
        var adapter = new ScriptedAdapter("one");
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            using var server = StackBench.HostServer();
            await using var offloaded = await bench.ConnectAsync(StackBench.Elsewhere);
            await using var plain = await bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid);
            using var peer = await server.AcceptTcpClientAsync(Token);

            await offloaded.SendAsync(new byte[100], Token);
            await adapter.Peers.Take(Token).SendAsync(new byte[30]);
            Assert.Equal(30, await ConnectionPair.Soon(offloaded.ReceiveAsync(new byte[64], Token)));
            await plain.SendAsync(new byte[7], Token);
            await plain.SendAsync(ReadOnlyMemory<byte>.Empty, Token);
            await peer.GetStream().WriteAsync(new byte[5], Token);
            await ConnectionPair.Soon(plain.ReceiveAsync(Memory<byte>.Empty, Token));
            Assert.Equal(5, await ConnectionPair.Soon(plain.ReceiveAsync(new byte[64], Token)));

            Assert.Equal(100, measured.Sum("toe.io", "network.io.direction=transmit toe.provider=scripted"));
            Assert.Equal(30, measured.Sum("toe.io", "network.io.direction=receive toe.provider=scripted"));
            Assert.Equal(7, measured.Sum("toe.io", "network.io.direction=transmit toe.provider=host"));
            Assert.Equal(5, measured.Sum("toe.io", "network.io.direction=receive toe.provider=host"));
            Assert.All(measured.Of("toe.io"), one => Assert.True(one.Value > 0));
        }
    }

    [Fact, Trait("Requirement", "TOE-CIRC-003"), Trait("Requirement", "TOE-TELE-003")]
    public async Task FallbacksAndFaults_CarryTheirReasons_AndNoTagNamesAnEndpoint()
    {
        var adapter = new ScriptedAdapter("one");
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            using var server = StackBench.HostServer();
            adapter.OpenScript = call => call.Answers(() => OpenResult.Refused(ToeReasons.ResourceMemory.With("10.1.2.3:80 is full")));
            await using (await bench.ConnectAsync(server.LocalEndpoint))
            await using (await bench.ConnectAsync(server.LocalEndpoint))
                Assert.Equal(2, measured.Sum("toe.connection.fallbacks", "toe.fallback.reason=Resource.Memory"));
            Assert.Empty(measured.Of("toe.adapter.errors")); // A refusal is no fault.

            adapter.OpenScript = call => call.Throws(() => new IOException("10.1.2.3:80"));
            await using (await bench.ConnectAsync(server.LocalEndpoint))
                Assert.Equal(1, measured.Sum("toe.adapter.errors", "error.type=Internal.ProviderException toe.provider=scripted"));
            await using (await bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid))
                Assert.Equal(3, measured.Of("toe.connection.fallbacks").Count); // Whoever forbids adapters did not fall back.
            Assert.DoesNotContain(measured.Tags, tags => tags.Contains("127.0.0.1", StringComparison.Ordinal) || tags.Contains("10.1.2.3", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Retransmits_AreCountedWhileOpenAndAfter()
    {
        var again = 3L;
        var adapter = new ScriptedAdapter("one");
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
            adapter.Sockets.Single().Info = () => new AdapterSocketInfo(TcpState.Established, OffloadConfidence.Confirmed) { Retransmits = Volatile.Read(ref again) };
            measured.Observe();
            Volatile.Write(ref again, 5);
            measured.Observe();
            await connection.DisposeAsync();
            Volatile.Write(ref again, 99);
            measured.Observe();
            Assert.Equal([(3, "toe.provider=scripted"), (5, "toe.provider=scripted"), (5, "toe.provider=scripted")], measured.Of("toe.tcp.retransmits"));
        }
    }

    [Fact]
    public async Task Connects_AreMeasuredByOutcome()
    {
        var adapter = new ScriptedAdapter("one");
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            using var server = StackBench.HostServer();
            await using (await bench.ConnectAsync(StackBench.Elsewhere))
            await using (await bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid))
                adapter.Answers(SocketError.ConnectionRefused);
            await Assert.ThrowsAsync<SocketException>(() => bench.ConnectAsync(StackBench.Elsewhere));
            adapter.OpenScript = static call => call.Answers(static () => OpenResult.Refused(ToeReasons.ResourceMemory));
            await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ConnectAsync(StackBench.Elsewhere, ToeMode.Require));

            Assert.Equal(
                ["toe.provider=scripted", "toe.provider=host", "error.type=ConnectionRefused", "error.type=Resource.Memory"],
                measured.Of("toe.connect.duration").Select(static one => one.Tags));
            Assert.All(measured.Of("toe.connect.duration"), static one => Assert.InRange(one.Value, 0, 15));
        }
    }

    [Fact]
    public async Task Accepts_AreCounted_AndThoseTurnedAwayWithTheReason()
    {
        var adapter = new ScriptedAdapter("one");
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            var request = new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)) { Backlog = 1 };
            await using var listener = await bench.RunAsync(bench.Stack.ListenAsync(request, Token).AsTask());
            var (peer, _) = await adapter.Listeners.Single().KnockAsync(StackBench.Elsewhere);
            await StackBench.UntilAsync(() => measured.Of("toe.connection.accepts").Count == 1);
            var (late, _) = await adapter.Listeners.Single().KnockAsync(StackBench.Elsewhere);
            await StackBench.UntilAsync(() => measured.Of("toe.connection.accepts").Count == 2);
            await (await listener.AcceptAsync(Token)).DisposeAsync();
            using var client = new TcpClient();
            await client.ConnectAsync(listener.LocalEndPoint, Token);
            await using var host = await ConnectionPair.Soon(listener.AcceptAsync(Token).AsTask());
            await StackBench.UntilAsync(() => measured.Of("toe.connection.accepts").Count == 3);

            Assert.Equal(
                [(1, "toe.provider=scripted"), (1, "error.type=Backlog toe.provider=scripted"), (1, "toe.provider=host")], measured.Of("toe.connection.accepts"));
            Assert.NotNull(peer);
            Assert.NotNull(late);
        }
    }

    [Fact]
    public async Task LostConnections_AreCountedWithTheReason()
    {
        var adapter = new ScriptedAdapter("one");
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
            adapter.Announce(AdapterHealth.Failed);
            await StackBench.UntilAsync(() => measured.Of("toe.connection.losses").Count > 0);
            Assert.Equal([(1, "error.type=Health.Failed toe.provider=scripted")], measured.Of("toe.connection.losses"));
        }
    }

    [Fact]
    public async Task Moves_AreCountedByResult()
    {
        var network = new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>();
        var (bench, measured) = Measured.Start(new ScriptedMovingAdapter("from", network), new ScriptedMovingAdapter("to", network));
        using (measured)
        await using (bench)
        {
            await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
            Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:to", Token).AsTask())).IsNone);
            Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:to", Token).AsTask())).IsNone); // It runs there: no move.
            Assert.False((await bench.RunAsync(connection.MoveAsync("nobody", Token).AsTask())).IsNone);

            Assert.Equal(
                [(1, "toe.move.from=scripted toe.move.to=scripted"), (1, "error.type=Environment.NoAdapter toe.move.from=scripted toe.move.to=unknown")],
                measured.Of("toe.connection.moves"));
            Assert.Single(measured.Of("toe.connection.move.standstill"));
        }
    }

    [Fact]
    public async Task Downgrades_AreCounted()
    {
        var adapter = new ScriptedAdapter("one") { Downgrades = [ToeReasons.CapabilityBufferSize, ToeReasons.CapabilitySocketOption] };
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
            Assert.Equal(
                [(1, "toe.downgrade.reason=Capability.BufferSize"), (1, "toe.downgrade.reason=Capability.SocketOption")], measured.Of("toe.connection.downgrades"));
        }
    }

    [Fact]
    public async Task FallbacksShare_IsThatOfTheHealthCheck()
    {
        var adapter = new ScriptedAdapter("one") { Reach = static (_, remote) => remote.Equals(StackBench.Elsewhere) ? ToeReason.None : ToeReasons.RouteNotThroughAdapter };
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            using var server = StackBench.HostServer();
            for (var i = 0; i < 5; i++)
            {
                await using (await bench.ConnectAsync(StackBench.Elsewhere))
                await using (await bench.ConnectAsync(server.LocalEndpoint))
                    measured.Observe();
            }

            Assert.Equal([0, 0, 0, 0, 0.5], measured.Of("toe.fallback.share").Select(static one => one.Value)); // Fewer than ten tell nothing.
        }
    }
}
