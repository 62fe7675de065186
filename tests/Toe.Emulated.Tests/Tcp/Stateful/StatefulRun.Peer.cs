using System.Buffers.Binary;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Stateful.Judgement;
using static Toe.Emulated.Tests.Tcp.TestSegment;

namespace Toe.Emulated.Tests.Tcp.Stateful;

/// <content>The peer: honest, or anything but.</content>
internal sealed partial class StatefulRun
{
    private static readonly byte[] SackPermitted = [4, 2];

    /// <summary>Longer than the longest retransmission time-out.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private void Handshake()
    {
        if (_socket is null) Inject(Syn, _wire.PeerInitial, 0, 0, ushort.MaxValue, SynOptions());
        else Inject(Syn | Ack, _wire.PeerInitial, _wire.EngineInitial + 1, 0, ushort.MaxValue, SynOptions());
        InjectHonest(0);
        Turn();
    }

    /// <summary>Acknowledges all there is, and sends what comes next.</summary>
    private void InjectHonest(int length) => Inject(Ack, _wire.ReceiveNext, _wire.SendMaximum, length, ushort.MaxValue, Stamp(0));

    private void InjectAny(ref Choices choices)
    {
        var flags = choices.Of(Ack, Ack, Ack, Ack, (byte)(Ack | Psh), (byte)(Fin | Ack), (byte)(Ack | Urg), Syn, (byte)(Syn | Ack), Rst, (byte)(Rst | Ack), (byte)0, choices.Next());
        var seq = choices.Of(_wire.ReceiveNext, _wire.ReceiveNext, _wire.ReceiveNext, _wire.PeerInitial, _wire.Edge, choices.NextNumber());
        var ack = choices.Of(_wire.SendMaximum, _wire.SendMaximum, _wire.EngineInitial + 1, choices.NextNumber());
        seq += (uint)((sbyte)choices.Next() * choices.Of(0, 1, 100, 1460));
        ack += (uint)((sbyte)choices.Next() * choices.Of(0, 1, 100, 1460));
        if ((flags & Syn) != 0)
        {
            seq = _wire.InitialOf(choices.Next());
            Elapse(TimeSpan.FromMilliseconds(1)); // So that the clock of initial numbers tells a new connection from the old one (RFC 6528).
        }
        var window = choices.Of(ushort.MaxValue, (ushort)0, (ushort)1, (ushort)100, (ushort)4096);
        var length = (flags & Syn) != 0 ? choices.Of(0, 0, 0, 5) : choices.Of(0, 0, 1, 10, 536, 1460);
        Inject(flags, seq, ack, length, window, OptionsOf(ref choices, flags, ack));
    }

    private void Inject(byte flags, uint seq, uint ack, int length, ushort window, byte[] options)
    {
        var payload = new byte[length];
        var first = seq + ((flags & Syn) != 0 ? 1u : 0);
        for (var i = 0; i < length; i++) payload[i] = WireModel.PeerByte(first + (uint)i);
        var segment = new TestSegment
        {
            Source = _peer,
            Destination = _local,
            SourcePort = PeerPort,
            DestinationPort = EnginePort,
            Seq = seq,
            AckNumber = ack,
            Flags = flags,
            Window = window,
            UrgentPointer = (ushort)((flags & Urg) != 0 ? 1 + length / 2 : 0),
            Options = options,
            Payload = payload,
        };
        _wire.OnInjected(segment, _peerScale);
        Engine.Receive(segment.ToPacket(), _now);
    }

    private byte[] OptionsOf(ref Choices choices, byte flags, uint ack)
    {
        byte[] options = (flags & Syn) != 0 && !choices.OneIn(4) ? SynOptions() : Stamp(choices.Of(0, 0, 0, 1000, -1, -1_000_000));
        options = choices.Of(0, 0, 0, 1, 2) switch
        {
            1 => [.. options, .. Blocks(ref choices, ack)],
            2 => [.. options, choices.Next(), choices.Next(), choices.Next(), choices.Next()],
            _ => options,
        };
        return options[..Math.Min(options.Length, 40)];
    }

    private byte[] SynOptions() =>
    [
        .. MssOption(1000), .. ScaleOption(_peerScale), .. _peerPermitsSack ? SackPermitted : [], .. TimestampOption(_stamp, _wire.EngineStamp),
    ];

    private byte[] Stamp(int offset)
    {
        _stamp = Math.Max(_stamp, (uint)(1_000_000 + _now.TotalMilliseconds));
        var stamp = _stamp + (uint)offset;
        if (offset > 0) _stamp = stamp;
        return _wire.Timestamps ? TimestampOption(stamp, _wire.EngineStamp) : [];
    }

    private static byte[] Blocks(ref Choices choices, uint ack)
    {
        var count = 1 + choices.Next() % 3;
        var option = new byte[2 + count * 8];
        (option[0], option[1]) = (5, (byte)option.Length);
        for (var i = 0; i < count; i++)
        {
            var start = ack + (uint)((sbyte)choices.Next() * choices.Of(100, 1, 1000));
            BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(2 + i * 8), start);
            BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(6 + i * 8), start + choices.Next() * choices.Of(100u, 1u, 1000u));
        }
        return option;
    }

    /// <summary>A router's word about the last segment the engine may have in flight.</summary>
    private void InjectIcmp(ref Choices choices)
    {
        var v6 = _local.GetAddressBytes().Length == 16;
        var (type, code) = v6 ? choices.Of(((byte)2, (byte)0), ((byte)1, (byte)4), ((byte)3, (byte)0)) : choices.Of(((byte)3, (byte)4), ((byte)3, (byte)3), ((byte)11, (byte)0), ((byte)4, (byte)0));
        var mtu = choices.Of(1400, 0, 68, 600, 1280);
        var quoted = new TestSegment
        {
            Source = _local,
            Destination = _peer,
            SourcePort = EnginePort,
            DestinationPort = PeerPort,
            Seq = _wire.SendMaximum - choices.Of(1u, 0u, 500u, 100_000u),
            Flags = Ack,
            Payload = new byte[100],
        }.ToPacket();
        byte[] message = [type, code, 0, 0, 0, 0, (byte)(mtu >> 8), (byte)mtu, .. quoted[..Math.Min(quoted.Length, v6 ? 60 : 28)]];
        var sum = NaiveChecksum(v6 ? [.. Pseudo(_peer, _local, 58, message.Length), .. message] : message);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), sum);
        Engine.Receive(Wrap(_peer, _local, v6 ? (byte)58 : (byte)1, message), _now);
    }

    /// <summary>However it was treated before: with an honest peer all that was written is acknowledged in the end.</summary>
    private void Reconcile()
    {
        // Behind a FIN the peer has no numbers left to make up for an old window that lies before it.
        if (_socket is not { State: TcpState.Established or TcpState.FinWait1 } || _wire.FinInjected || _closed) return;
        // Through the smallest windows the way is long, and nothing new on it.
        if ((int)(_wire.PeerMaximum - _wire.ReceiveNext) / _options.ReceiveBufferSize > 100) return;
        (long, long) progress = default;
        for (var deadline = _now + Patience; _socket.State is TcpState.Established or TcpState.FinWait1;)
        {
            _packets = 0;
            var missing = (int)(_wire.PeerMaximum - _wire.ReceiveNext);
            InjectHonest(Math.Clamp(missing + 1, 0, Math.Min(1000, (int)(_wire.Edge - _wire.ReceiveNext))));
            Read(LargestCall);
            Turn();
            Elapse(TimeSpan.FromMilliseconds(100));
            var info = _socket.GetInfo();
            if (missing <= 0 && info is { SendQueue: 0, OutOfOrderQueue: 0, ReceiveQueue: 0 }) return;
            var reached = (info.BytesAcknowledged, Math.Min(0, -missing));
            if (progress != reached) deadline = _now + Patience;
            progress = reached;
            Judge(_now < deadline, $"stuck with {info}");
        }
    }

    /// <summary>The application lets go of everything, the peer falls silent: nothing may be left.</summary>
    private void End()
    {
        _listener.Stop();
        _socket?.Close();
        (_completed, _closed, _packets) = (true, true, 0);
        Turn();
        Elapse(TimeSpan.FromMinutes(30));
        Engine.Advance(_now);
        var statistics = Engine.Statistics;
        Assert.Equal((0, 0, 0), (statistics.Connections, statistics.HalfOpen, statistics.TimeWait));
        Assert.Null(Engine.NextWakeUp);
    }
}
