using System.Globalization;
using System.Net;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;
using Toe.Linux;
using Toe.Throughput.Ends;

namespace Toe.Throughput.Engine;

/// <summary>The engine as an end: on a TAP device, its handlers inline.</summary>
internal static class EngineServer
{
    private const int Backlog = 1024;

    // What the card gives a connection that asks for nothing.
    private const int BufferSize = 1024 * 1024;

    private static TcpSocketOptions Options { get; } = new() { NoDelay = true, SendBufferSize = BufferSize, ReceiveBufferSize = BufferSize };

    /// <summary>Starts.</summary>
    /// <returns>Says how large the link's packets were so far: whether its offloads work.</returns>
    public static Func<string> Start(string tap, InterfaceAddress address, bool offloads)
    {
        var link = new TapLink(TapDevice.Attach(tap), new TapLinkOptions { Addresses = [address], Offloads = offloads });
        var loop = new EngineLoop(link, new TcpEngineOptions(), Cpu.End);
        foreach (var slowed in (ReadOnlySpan<bool>)[false, true])
        {
            Listen(loop, address.Address, Mode.Sink, slowed, () => new Sink(BrakeOf(slowed)));
            Listen(loop, address.Address, Mode.Source, slowed, () => new Source(BrakeOf(slowed)));
        }

        Listen(loop, address.Address, Mode.Echo, slowed: false, () => new Echo());
        return () => Packets(loop.LinkStatistics);
    }

    private static string Packets(LinkStatistics seen) => string.Create(CultureInfo.InvariantCulture,
        $"in {Mean(seen.BytesReceived, seen.PacketsReceived)} B, out {Mean(seen.BytesSent, seen.PacketsSent)} B a packet");

    private static long Mean(long bytes, long packets) => bytes / Math.Max(1, packets);

    private static void Listen(EngineLoop loop, IPAddress address, Mode mode, bool slowed, Func<SocketHandler> create) =>
        loop.Invoke(engine => engine.Listen(new IPEndPoint(address, Port.Of(mode, slowed)), Backlog, Options, new Acceptor(create)));

    private static Brake? BrakeOf(bool slowed) => slowed ? new Brake() : null;
}
