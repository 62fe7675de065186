using System.Net;
using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;
using NetState = System.Net.NetworkInformation.TcpState;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>States that come from other carriers.</summary>
public sealed class MoveTests
{
    private static readonly IPEndPoint Local = IPEndPoint.Parse("10.0.0.1:1000");
    private static readonly IPEndPoint Remote = IPEndPoint.Parse("10.0.0.2:80");

    [Fact]
    public void SendUnacknowledged_ThatComesRoundToTheFirstNumber_IsNoHandshake()
    {
        var sent = new PacketLog();
        var engine = new TcpEngine(new TcpEngineOptions { Secret = new byte[16] }, sent);
        var tuple = new FourTuple(AddressValue.From(Local.Address), 1000, AddressValue.From(Remote.Address), 80);
        var first = engine.SequenceNumbers.Next(tuple, 0);
        var place = engine.Prepare(Local, Remote);
        Assert.True(engine.TryImport(place, State(first), new TcpSocketOptions { NoDelay = true }, new RecordingEvents()));
        var socket = place.Connection!.Socket;
        engine.Activate(place);
        sent.Packets.Clear();

        socket.TrySend([1, 2, 3], out _);
        engine.Advance(TimeSpan.Zero);

        Assert.Single(sent.Packets);
    }

    [Fact]
    public void ReceiveNextAndTheQueues_StandWhereTheOtherCarrierLeftThem()
    {
        var sent = new PacketLog();
        var engine = new TcpEngine(new TcpEngineOptions(), sent);
        var place = engine.Prepare(Local, Remote);
        var state = State(uint.MaxValue - 1) with { SendNext = 2, SendQueue = new byte[] { 1, 2, 3, 4, 5, 6 }, ReceiveQueue = new byte[] { 9, 8 } };
        Assert.True(engine.TryImport(place, state, new TcpSocketOptions { NoDelay = true }, new RecordingEvents()));
        var socket = place.Connection!.Socket;
        engine.Activate(place);

        var buffer = new byte[10];
        Assert.Equal(IoStatus.Done, socket.TryReceive(buffer, out var received));
        Assert.Equal([9, 8], buffer[..received]);
        // Four bytes are in flight, and go again in case they were lost on the way; two were never sent.
        Assert.True(PacketParser.Parse(sent.Packets[0], checksumIsVerified: false, out var again, out _) == ParseResult.Tcp);
        Assert.Equal([1, 2, 3, 4], again.Payload.ToArray());
        Assert.True(PacketParser.Parse(sent.Packets[1], checksumIsVerified: false, out var segment, out _) == ParseResult.Tcp);
        Assert.Equal((2u, state.ReceiveNext), (segment.SequenceNumber, segment.AcknowledgmentNumber));
        Assert.Equal([5, 6], segment.Payload.ToArray());
    }

    [Fact]
    public void TheFirstSegmentInFlight_GoesAgain_ThoughTheFlightIsLargerThanTheCongestionWindow()
    {
        const int Flight = 100_000;
        var sent = new PacketLog();
        var engine = new TcpEngine(new TcpEngineOptions(), sent);
        var place = engine.Prepare(Local, Remote);
        var state = State(0) with { SendNext = Flight, SendQueue = new byte[Flight], SendWindow = 1 << 20, CongestionWindow = 10_000 };
        Assert.True(engine.TryImport(place, state, new TcpSocketOptions(), new RecordingEvents()));

        engine.Activate(place);

        Assert.True(PacketParser.Parse(Assert.Single(sent.Packets), checksumIsVerified: false, out var again, out _) == ParseResult.Tcp);
        Assert.Equal(0u, again.SequenceNumber);
        Assert.NotEqual(0, again.Payload.Length);
    }

    /// <summary>Linux does not tell TS.Recent, and half of all clocks stand where a wrong zero would make every segment an old one.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0x9000_0000)]
    public void TimestampThatTheOtherCarrierDidNotTell_IsTheNextSegments(uint stamp)
    {
        var sent = new PacketLog();
        var engine = new TcpEngine(new TcpEngineOptions(), sent);
        var place = engine.Prepare(Local, Remote);
        Assert.True(engine.TryImport(place, State(0) with { Timestamps = true }, new TcpSocketOptions(), new RecordingEvents()));
        var socket = place.Connection!.Socket;
        engine.Activate(place);
        Assert.Null(engine.Freeze(socket).TimestampRecent);
        engine.Thaw(socket);

        engine.Receive(FromPeer(stamp), TimeSpan.FromSeconds(1));

        var buffer = new byte[10];
        Assert.Equal(IoStatus.Done, socket.TryReceive(buffer, out var received));
        Assert.Equal([1, 2, 3], buffer[..received]);
        Assert.Equal(stamp, engine.Freeze(socket).TimestampRecent);
    }

    /// <summary>It may fill a gap that the other carrier told the peer of: a peer that sends a segment a round trip must not wait for a timer each time.</summary>
    [Fact]
    public void WhatWasPromisedBeforeTheMove_IsAcknowledgedAtOnce_AndWhatComesBehindItIsNot()
    {
        var sent = new PacketLog();
        var engine = new TcpEngine(new TcpEngineOptions(), sent);
        var place = engine.Prepare(Local, Remote);
        Assert.True(engine.TryImport(place, State(0) with { ReceiveWindow = 6 }, new TcpSocketOptions(), new RecordingEvents()));
        engine.Activate(place);
        int[] answers = new int[3];
        for (var number = 0; number < answers.Length; number++)
        {
            sent.Packets.Clear();
            engine.Receive(FromPeer(stamp: null, 500 + (3 * (uint)number)), TimeSpan.FromSeconds(1));
            engine.Advance(TimeSpan.FromSeconds(1));
            answers[number] = sent.Packets.Count;
        }

        Assert.Equal([1, 1, 0], answers);
    }

    [Fact]
    public void AFrozenConnection_IsSilent_AndKeepsWhatArrives()
    {
        var pair = new SimulatedPair(1, new TcpSocketOptions(), new TcpSocketOptions());
        while (pair.Server is null) Assert.True(pair.Step());
        pair.Step();
        var state = pair.ServerEngine.Freeze(pair.Server!);
        Assert.Equal(NetState.Established, state.State);
        pair.Client.TrySend([1, 2, 3], out _);
        var before = pair.ServerEngine.Statistics.PacketsSent;
        for (var i = 0; i < 4; i++) pair.Step();

        Assert.Equal(before, pair.ServerEngine.Statistics.PacketsSent);
        Assert.Equal(IoStatus.WouldBlock, pair.Server!.TryReceive(new byte[3], out _));
        pair.ServerEngine.Thaw(pair.Server);
        var buffer = new byte[3];
        Assert.Equal(IoStatus.Done, pair.Server.TryReceive(buffer, out _));
        Assert.Equal([1, 2, 3], buffer);
    }

    private static byte[] FromPeer(uint? stamp, uint sequence = 500) => new TestSegment
    {
        Source = Remote.Address,
        Destination = Local.Address,
        SourcePort = Remote.Port,
        DestinationPort = Local.Port,
        Seq = sequence,
        AckNumber = 0,
        Flags = Bench.Ack,
        Window = 1000,
        Options = stamp is { } value ? TestSegment.TimestampOption(value, 0) : [],
        Payload = [1, 2, 3],
    }.ToPacket();

    private static TcpConnectionState State(uint unacknowledged) => new()
    {
        Tuple = new TcpTuple(Local, Remote),
        MaximumSegmentSize = 1460,
        State = NetState.Established,
        SendUnacknowledged = unacknowledged,
        SendNext = unacknowledged,
        SendWindow = 10_000,
        MaximumSendWindow = 10_000,
        SendWindowUpdate = 500,
        ReceiveNext = 500,
        ReceiveWindow = 1000,
        ReceiveWindowUpdate = 500,
    };

    private sealed class PacketLog : ITcpEngineHost
    {
        public List<byte[]> Packets { get; } = [];

        public void Send(in OutgoingPacket packet)
        {
            var copy = new byte[packet.Length];
            packet.CopyTo(copy);
            Packets.Add(copy);
        }

        public void Wake()
        {
        }
    }
}
