using System.Security.Cryptography;

namespace Toe.Emulated.Tests.Card;

/// <summary>Whole streams through the provider contract.</summary>
internal static class SocketStreams
{
    /// <summary>Sends everything and FIN.</summary>
    public static async Task SendAllAsync(this IToeAdapterSocket socket, CardBench.SocketEvents events, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var status = socket.TrySend(bytes.AsSpan(at), out var sent);
            Assert.True(status is IoStatus.Done or IoStatus.WouldBlock, status.ToString());
            at += sent;
            if (sent == 0)
                await events.WaitAsync(socket, Readiness.Send);
        }

        Assert.Equal(IoStatus.Done, socket.TryCompleteSending());
    }

    /// <summary>Reads so many bytes.</summary>
    public static async Task<byte[]> ReceiveExactlyAsync(this IToeAdapterSocket socket, CardBench.SocketEvents events, int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var status = socket.TryReceive(bytes.AsSpan(at), out var received);
            Assert.True(status is IoStatus.Done or IoStatus.WouldBlock, status.ToString());
            at += received;
            if (received == 0)
                await events.WaitAsync(socket, Readiness.Receive);
        }

        return bytes;
    }

    /// <summary>Reads to the end; the SHA-256 of it all.</summary>
    public static async Task<string> HashAsync(this IToeAdapterSocket socket, CardBench.SocketEvents events)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[100_000];
        while (true)
        {
            switch (socket.TryReceive(buffer, out var bytes))
            {
                case IoStatus.Done: hash.AppendData(buffer.AsSpan(0, bytes)); break;
                case IoStatus.WouldBlock: await events.WaitAsync(socket, Readiness.Receive); break;
                case var end: Assert.Equal(IoStatus.EndOfStream, end); return Convert.ToHexString(hash.GetHashAndReset());
            }
        }
    }
}
