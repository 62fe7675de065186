using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>RFC 5961 §7: somebody on the path made both ends believe in bytes that the other never sent (Joncheray, 1995).</summary>
public sealed class AckStormTests
{
    [Fact, Trait("RFC", "5961 7; 9293 3.10.7.4 first")]
    public void EndsThatDisagree_DoNotAnswerEachOtherForEver()
    {
        TestSegment? last = null;
        var pair = new SimulatedPair(7, new TcpSocketOptions { Timestamps = false }, new TcpSocketOptions { Timestamps = false })
        {
            MaximumDelay = 10,
            ClientTap = (packet, _) => last = TestSegment.Parse(packet),
        };
        while (pair.Server is null) Assert.True(pair.Step());
        // The client's last word was the ACK of the handshake.
        var toServer = last! with { Payload = new byte[10] };
        var toClient = last with
        {
            Source = last.Destination,
            Destination = last.Source,
            SourcePort = last.DestinationPort,
            DestinationPort = last.SourcePort,
            Seq = last.AckNumber,
            AckNumber = last.Seq,
            Payload = new byte[10],
        };
        pair.ServerEngine.Receive(toServer.ToPacket(), pair.Now);
        pair.ClientEngine.Receive(toClient.ToPacket(), pair.Now);
        pair.Client.TrySend(new byte[5], out _);
        pair.Server.TrySend(new byte[5], out _);

        var before = pair.Sent;
        var end = pair.Now + TimeSpan.FromMinutes(1);
        while (pair.Now < end && pair.Step())
        {
        }

        // Ten answers in five seconds from each end, and the repetitions with an answer each.
        Assert.InRange(pair.Sent - before, 1, 2 * 12 * 10 + 4 * 12);
    }
}
