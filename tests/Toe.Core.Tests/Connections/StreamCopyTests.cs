namespace Toe.Core.Tests.Connections;

/// <summary>CopyTo and CopyToAsync with every size of buffer, and what stops them.</summary>
public sealed class StreamCopyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(Carriers))]
    public async Task CopyToAsync_TakesEverythingUntilTheEnd(CarrierKind kind)
    {
        foreach (var size in new[] { 1, 7, 4096, 1 << 20 })
        {
            await using var pair = await ConnectionPair.OpenAsync(kind);
            var data = Enumerable.Range(0, 10_000).Select(i => (byte)(i * 31)).ToArray();
            using var copy = new MemoryStream();
            var copying = pair.Stream.CopyToAsync(copy, size, Token);
            await ConnectionPair.Soon(pair.PeerStream.WriteAsync(data, Token));
            await pair.Peer.CompleteSendingAsync(Token);

            await ConnectionPair.Soon(copying);

            Assert.Equal(data, copy.ToArray());
        }
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task CopyTo_BlocksUntilTheEnd(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        using var copy = new MemoryStream();
        var copying = Task.Run(() => pair.Stream.CopyTo(copy, 3), Token);
        await ConnectionPair.Soon(pair.PeerStream.WriteAsync(new byte[1000], Token));
        await pair.Peer.CompleteSendingAsync(Token);

        await ConnectionPair.Soon(copying);

        Assert.Equal(1000, copy.Length);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task CopyToAsync_CanBeCancelled_BeforeAndDuring(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Stream.CopyToAsync(Stream.Null, new CancellationToken(canceled: true)));
        using var cancellation = new CancellationTokenSource();
        using var copy = new MemoryStream();
        var copying = pair.Stream.CopyToAsync(copy, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(copying));
        await pair.PeerStream.WriteAsync(new byte[] { 3 }, Token);
        Assert.Equal(1, await ConnectionPair.Soon(pair.Stream.ReadAsync(new byte[4], Token)));
    }
}
