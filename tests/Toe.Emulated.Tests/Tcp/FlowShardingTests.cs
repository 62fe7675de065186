using System.Net;
using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Flows spread over several engines.</summary>
public sealed class FlowShardingTests
{
    private const int Count = 4;

    [Fact]
    public void Flows_AreSpreadEvenly_AndStayWhereTheyAre()
    {
        var sharding = new FlowSharding(Count);
        var flows = Flows().Take(40_000).ToList();
        var of = flows.Select(flow => sharding.Of(flow)).ToList();

        Assert.Equal(of, flows.Select(flow => sharding.Of(flow)));
        // 10,000 each: a fair share is within six standard deviations (87) of it.
        Assert.All(Enumerable.Range(0, Count), shard => Assert.InRange(of.Count(each => each == shard), 9_480, 10_520));
    }

    [Fact]
    public void Spread_CannotBeForeseen()
    {
        var (one, other) = (new FlowSharding(Count), new FlowSharding(Count));

        Assert.Contains(Flows().Take(200), flow => one.Of(flow) != other.Of(flow));
    }

    [Fact]
    public void Engine_PicksPortsWhoseFlowsAreItsOwn()
    {
        var sharding = new FlowSharding(Count);
        for (var index = 0; index < Count; index++)
        {
            var shard = new FlowShard(sharding, index);
            var bench = new Bench(new TcpEngineOptions { Shard = shard });
            for (var connection = 0; connection < 50; connection++)
            {
                var socket = bench.Engine.Connect(IPEndPoint.Parse("10.0.0.1:0"), IPEndPoint.Parse("10.0.0.2:80"), new TcpSocketOptions(), new RecordingEvents());

                Assert.True(shard.Has(FourTuple.Of(socket.LocalEndPoint, socket.RemoteEndPoint)));
            }
        }
    }

    private static IEnumerable<FourTuple> Flows()
    {
        var (local, remote) = (AddressValue.From(IPAddress.Parse("10.0.0.1")), AddressValue.From(IPAddress.Parse("10.0.0.2")));
        for (var port = 1; port < ushort.MaxValue; port++)
            yield return new(local, 443, remote, (ushort)port);
    }
}
