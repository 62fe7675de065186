using System.Buffers.Binary;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>The options of RFC 2018 as the tests write and read them. Blocks are relative to the first data byte of their direction.</summary>
internal static class Sacks
{
    public static readonly byte[] Permitted = [4, 2];

    /// <summary>A connection accepted from a peer that permits SACK, its handshake as long as a round trip. The peer's MSS is 1000.</summary>
    public static Bench Accepted(double roundTrip = 100, TcpSocketOptions? socket = null, TcpEngineOptions? engine = null,
        Func<byte[]>? each = null, ushort window = 65535)
    {
        socket ??= new TcpSocketOptions { CongestionControl = TcpCongestionControl.Reno, Timestamps = false, WindowScaling = false };
        var bench = new Bench(engine, socket) { PeerWindow = window, PeerOptions = each }.Listen();
        bench.InjectRaw(Syn, PeerInitial, 0, options: [.. TestSegment.MssOption(1000), .. Permitted, .. each?.Invoke() ?? []]);
        bench.EngineInitial = bench.Next().Seq;
        bench.Elapse(roundTrip);
        bench.Inject(Bench.Ack);
        bench.ExpectNothing();
        Assert.True(bench.Socket.GetInfo().SelectiveAcknowledgmentsEnabled);
        return bench;
    }

    public static bool IsPermitted(TestSegment segment) => Options(segment).Any(option => option is [4, 2]);

    public static byte[] Option(uint origin, params (long From, long To)[] blocks)
    {
        var option = new byte[4 + blocks.Length * 8];
        (option[0], option[1], option[2], option[3]) = (1, 1, 5, (byte)(2 + blocks.Length * 8));
        for (var i = 0; i < blocks.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(4 + i * 8), (uint)(origin + blocks[i].From));
            BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(8 + i * 8), (uint)(origin + blocks[i].To));
        }
        return option;
    }

    /// <summary>An ACK of the peer with blocks, behind the options it sends each time.</summary>
    public static void InjectSack(this Bench bench, long ack, params (long From, long To)[] blocks) =>
        bench.Inject(Bench.Ack, 0, ack, options: [.. bench.PeerOptions?.Invoke() ?? [], .. Option(bench.EngineInitial + 1, blocks)]);

    /// <summary>The blocks of a segment the engine sent.</summary>
    public static (long From, long To)[] Of(TestSegment segment)
    {
        if (Options(segment).SingleOrDefault(option => option[0] == 5) is not { } option) return [];
        Assert.Equal(2, option.Length % 8);
        return Enumerable.Range(0, option.Length / 8).Select(i => (Number(option, 2 + i * 8), Number(option, 6 + i * 8))).ToArray();

        static long Number(byte[] option, int at) => (int)(BinaryPrimitives.ReadUInt32BigEndian(option.AsSpan(at)) - PeerInitial - 1);
    }

    /// <summary>Options with their kind and length; NOPs are left out.</summary>
    public static IEnumerable<byte[]> Options(TestSegment segment)
    {
        var bytes = segment.Options;
        for (var i = 0; i < bytes.Length && bytes[i] != 0; i += bytes[i] == 1 ? 1 : bytes[i + 1])
            if (bytes[i] != 1) yield return bytes[i..(i + bytes[i + 1])];
    }
}
