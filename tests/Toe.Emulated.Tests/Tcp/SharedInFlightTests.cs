using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using Toe.Emulated.Tcp;
using Toe.Emulated.Tcp.Recovery;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Connections with nothing in flight share one record of it: what one of them wrote there would be true of all.</summary>
public sealed class SharedInFlightTests
{
    private const int Connections = 6;
    private const int Bursts = 5;

    [Theory]
    [InlineData(0.05, 0.05, 30)]
    [InlineData(0.1, 0.3, 4000)] // Copies, and what they draw, come when the connection has been at rest for long.
    public void LivesOfManyConnections_LeaveItAsItWas(double loss, double duplication, int delay)
    {
        var untouched = Describe(new InFlightPool().None);
        var rests = 0;
        for (var seed = 0; seed < 6; seed++)
        {
            var options = new TcpSocketOptions
            {
                SelectiveAcknowledgments = seed % 3 != 0,
                Timestamps = seed % 2 == 0,
                KeepAlive = true,
                KeepAliveTime = TimeSpan.FromSeconds(20),
            };
            var pair = new SimulatedPair(seed, options, options) { Loss = loss, Duplication = duplication, MaximumDelay = delay };
            var sockets = Open(pair, options);
            var random = new Random(seed);
            for (var burst = 0; burst < Bursts; burst++)
            {
                foreach (var socket in sockets) socket.TrySend(new byte[random.Next(1, 20_000)], out _);
                Pass(pair, sockets, TimeSpan.FromMinutes(1));
                if (!pair.ClientEngine.HoldsBuffers) rests++;
                Verify();
            }
            foreach (var socket in sockets) socket.Close();
            Pass(pair, [], TimeSpan.FromMinutes(2));
            Verify();

            void Verify()
            {
                Assert.Equal(untouched, Describe(pair.ClientEngine.InFlight.None));
                Assert.Equal(untouched, Describe(pair.ServerEngine.InFlight.None));
            }
        }
        Assert.InRange(rests, Bursts, int.MaxValue);
    }

    [Fact]
    public void Description_TellsEveryChange()
    {
        var inFlight = new InFlight();
        var before = Describe(inFlight);
        inFlight.Rack.OnDuplicateReported(0, 1);
        var reported = Describe(inFlight);
        inFlight.Scoreboard.Add(0, 1, 0);
        Assert.Equal(3, new HashSet<string> { before, reported, Describe(inFlight) }.Count);
    }

    private static List<TcpSocket> Open(SimulatedPair pair, TcpSocketOptions options)
    {
        List<TcpSocket> sockets = [];
        for (var opened = 0; opened < Connections; opened++)
        {
            var before = pair.Server;
            sockets.Add(opened == 0
                ? pair.Client
                : pair.ClientEngine.Connect(IPEndPoint.Parse("10.0.0.1:0"), IPEndPoint.Parse("10.0.0.2:80"), options, new RecordingEvents()));
            while (pair.Server == before) Assert.True(pair.Step());
            sockets.Add(pair.Server!);
        }
        return sockets;
    }

    private static void Pass(SimulatedPair pair, List<TcpSocket> readers, TimeSpan time)
    {
        var buffer = new byte[65536];
        for (var end = pair.Now + time; pair.Now < end && pair.Step();)
            foreach (var socket in readers)
                while (socket.TryReceive(buffer, out _) == IoStatus.Done)
                {
                }
    }

    /// <summary>All fields, and theirs.</summary>
    private static string Describe(object? value) => value switch
    {
        null => "nothing",
        IConvertible simple => simple.ToString(CultureInfo.InvariantCulture),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Describe))}]",
        _ => $"{{{string.Join(", ", value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(field => $"{field.Name} {Describe(field.GetValue(value))}"))}}}",
    };
}
