using System.Net.Sockets;

namespace Toe.Core.Tests.Connections;

/// <summary>FIN in one direction leaves the other open; the end of a stream stays the end.</summary>
public sealed class HalfCloseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-CARR-002")]
    public async Task CompletingSending_SendsFinBehindTheData_AndReceivingGoesOn(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        await pair.Subject.SendAsync(new byte[1000], Token);
        await ConnectionPair.Soon(pair.Subject.CompleteSendingAsync(Token));
        await ConnectionPair.Soon(pair.Subject.CompleteSendingAsync(Token)); // Idempotent.

        Assert.Equal(1000, (await ConnectionPair.ReadToEndAsync(pair.Peer)).Length);
        for (var again = 0; again < 3; again++)
        {
            Assert.Equal(0, await ConnectionPair.Soon(pair.Peer.ReceiveAsync(new byte[1], Token)));
            Assert.Equal(0, await ConnectionPair.Soon(pair.PeerStream.ReadAsync(new byte[1], Token)));
            Assert.Equal(-1, pair.PeerStream.ReadByte());
        }

        for (byte i = 0; i < 3; i++)
        {
            await ConnectionPair.Soon(pair.Peer.SendAsync(new byte[] { i }, Token));
            var buffer = new byte[4];
            Assert.Equal(1, await ConnectionPair.Soon(pair.Subject.ReceiveAsync(buffer, Token)));
            Assert.Equal(i, buffer[0]);
        }

        await pair.Peer.CompleteSendingAsync(Token);
        Assert.Equal(0, await ConnectionPair.Soon(pair.Subject.ReceiveAsync(new byte[4], Token)));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task SendingAfterwards_IsRefusedAsASocketWould(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        await pair.Subject.CompleteSendingAsync(Token);

        var refused = await Assert.ThrowsAsync<SocketException>(() => pair.Subject.SendAsync(new byte[1], Token).AsTask());
        Assert.Equal(SocketError.Shutdown, refused.SocketErrorCode);
        var wrapped = await Assert.ThrowsAsync<IOException>(() => pair.Stream.WriteAsync(new byte[1], Token).AsTask());
        Assert.Equal(SocketError.Shutdown, Assert.IsType<SocketException>(wrapped.InnerException).SocketErrorCode);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task EndBehindMuchData_WaitsForItsReader(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var sending = Task.Run(async () =>
        {
            await pair.Subject.SendAsync(new byte[4 * 1024 * 1024], Token);
            await pair.Subject.CompleteSendingAsync(Token);
        }, Token);

        Assert.Equal(4 * 1024 * 1024, (await ConnectionPair.ReadToEndAsync(pair.Peer)).Length);
        await ConnectionPair.Soon(sending);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task FinOfThePeer_EndsAReadThatWaits(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reading = pair.Stream.ReadAsync(new byte[4], Token).AsTask();

        await pair.Peer.CompleteSendingAsync(Token);

        Assert.Equal(0, await ConnectionPair.Soon(reading));
    }
}
