using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.States;

/// <summary>What can happen in any state (RFC 9293 §3.10), by the name the tables use. Each answers what a user call returned.</summary>
internal static class StateEvents
{
    private const int Window = 65535;

    public static readonly IReadOnlyDictionary<string, Func<StateBench, string?>> All = new Dictionary<string, Func<StateBench, string?>>
    {
        ["SYN"] = b => Arrives(b, Bench.Syn, SynSequence(b), 0),
        ["SYN-ACK"] = b => Arrives(b, Bench.Syn | Bench.Ack, SynSequence(b), b.SendNext),
        ["SYN again"] = b => Arrives(b, Bench.Syn, -1, 0),
        ["ACK"] = b => Arrives(b, Bench.Ack, b.ReceiveNext, b.SendNext),
        ["ACK old"] = b => Arrives(b, Bench.Ack, b.ReceiveNext, b.Unacknowledged - 1),
        ["ACK older than any window"] = b => Arrives(b, Bench.Ack, b.ReceiveNext, b.Unacknowledged - Window - 1),
        ["ACK of data never sent"] = b => Arrives(b, Bench.Ack, b.ReceiveNext, b.SendNext + 1),
        ["data in order"] = b => Arrives(b, Bench.Ack, b.ReceiveNext, Known(b), 10),
        ["data out of window"] = b => Arrives(b, Bench.Ack, b.ReceiveNext + Window + 10, Known(b), 10),
        ["FIN"] = b => Arrives(b, Bench.Fin | Bench.Ack, FinSequence(b), Known(b)),
        ["FIN, ACK of all sent"] = b => Arrives(b, Bench.Fin | Bench.Ack, FinSequence(b), b.SendNext),
        ["RST exact"] = b => Arrives(b, Bench.Rst, b.ReceiveNext, 0),
        ["RST in window"] = b => Arrives(b, Bench.Rst, b.ReceiveNext + 10, 0),
        ["RST outside"] = b => Arrives(b, Bench.Rst, b.ReceiveNext + Window + 10, 0),
        ["RST, ACK"] = b => Arrives(b, Bench.Rst | Bench.Ack, b.ReceiveNext, b.SendNext),
        ["URG"] = b => Arrives(b, Bench.Urg | Bench.Ack, b.ReceiveNext, Known(b), 10, urgent: 5),
        ["no ACK bit"] = b => Arrives(b, 0, b.ReceiveNext, 0, 10),
        ["bad checksum"] = Corrupt,
        ["OPEN"] = Open,
        ["SEND"] = b => b.HasSocket ? $"{b.Bench.Socket.TrySend(new byte[10], out _)}" : null,
        ["RECEIVE"] = b => b.HasSocket ? $"{b.Bench.ReceiveStatus()}" : null,
        ["CLOSE"] = Close,
        ["ABORT"] = Abort,
        ["STATUS"] = b => b.HasSocket ? $"{b.Bench.Socket.State}" : null,
        ["user time-out"] = b => Passes(b, TimeSpan.FromMinutes(6)),
        ["retransmission time-out"] = b => Passes(b, TimeSpan.FromSeconds(b.Start < TcpState.Established ? 1.1 : 0.25)),
        ["2 MSL"] = b => Passes(b, TimeSpan.FromSeconds(61)),
    };

    private static bool HasPeer(StateBench b) => b.Start > TcpState.SynSent;

    private static long SynSequence(StateBench b) => HasPeer(b) ? b.ReceiveNext + 10 : -1;

    /// <summary>What the peer has acknowledged already; in a handshake there is only one number it can name.</summary>
    private static long Known(StateBench b) => b.Start <= TcpState.SynReceived ? b.SendNext : b.Unacknowledged;

    /// <summary>The peer's FIN; where it has come already, the same again.</summary>
    private static long FinSequence(StateBench b) => b.ReceiveNext == 1 ? 0 : b.ReceiveNext;

    private static string? Arrives(StateBench b, byte flags, long sequence, long acknowledgment, int length = 0, ushort urgent = 0)
    {
        b.Bench.Inject(flags, sequence, acknowledgment, Bench.Bytes(length), urgent: urgent);
        return null;
    }

    private static string? Corrupt(StateBench b)
    {
        var segment = b.Bench.Packet(Bench.Rst | Bench.Ack, (uint)(Bench.PeerInitial + 1 + b.ReceiveNext),
            (uint)(b.Bench.EngineInitial + 1 + b.SendNext)) with
        { CorruptChecksum = true };
        b.Bench.Engine.Receive(segment.ToPacket(), b.Bench.Now);
        return null;
    }

    private static string? Open(StateBench b)
    {
        try
        {
            b.Bench.Socket = b.Bench.Engine.Connect(new IPEndPoint(b.Bench.Local, b.Bench.LocalPort), new IPEndPoint(b.Bench.Peer, Bench.PeerPort),
                b.Bench.SocketOptions, new RecordingEvents());
            return "opened";
        }
        catch (System.Net.Sockets.SocketException e)
        {
            return $"{e.SocketErrorCode}";
        }
    }

    private static string? Close(StateBench b)
    {
        if (b.HasSocket) b.Bench.Socket.Close();
        else b.Bench.Listener?.Stop();
        return null;
    }

    private static string? Abort(StateBench b)
    {
        if (b.HasSocket) b.Bench.Socket.Abort();
        else b.Bench.Listener?.Stop();
        return null;
    }

    private static string? Passes(StateBench b, TimeSpan time)
    {
        b.Bench.Elapse(time.TotalMilliseconds);
        return null;
    }
}
