namespace Toe.Conformance;

/// <summary>What requirements do with a peer's end again and again.</summary>
internal static class PeerConnectionExtensions
{
    /// <summary>Takes exactly so many bytes.</summary>
    public static async Task<byte[]> ReadAsync(this IPeerConnection peer, int count, CancellationToken stop)
    {
        var all = new byte[count];
        for (var received = 0; received < count;)
        {
            var bytes = await peer.ReceiveAsync(all.AsMemory(received), stop);
            Check.That(bytes > 0, $"the peer saw the end of the stream behind {received} of {count} bytes");
            received += bytes;
        }

        return all;
    }

    /// <summary>Takes everything up to the end of the stream.</summary>
    public static async Task<byte[]> ReadToEndAsync(this IPeerConnection peer, CancellationToken stop)
    {
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await peer.ReceiveAsync(buffer, stop) is > 0 and var bytes)
            all.Write(buffer, 0, bytes);
        return all.ToArray();
    }
}
