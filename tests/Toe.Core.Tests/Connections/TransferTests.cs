using System.Security.Cryptography;

namespace Toe.Core.Tests.Connections;

/// <summary>Every byte arrives once and in order, whatever the sizes of the calls.</summary>
public sealed class TransferTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-CARR-001")]
    public async Task RandomSizes_BothWaysAtOnce_ArriveUnchanged(CarrierKind kind)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var total = kind is CarrierKind.Scripted or CarrierKind.ScriptedAccepted ? 400_000 : 6_000_000;
        await using var pair = await ConnectionPair.OpenAsync(kind);

        var sums = await ConnectionPair.Soon(Task.WhenAll(
            SendAsync(pair.Subject, total, new Random(seed)), ReceiveAsync(pair.Peer, new Random(seed + 1)),
            SendAsync(pair.Peer, total, new Random(seed + 2)), ReceiveAsync(pair.Subject, new Random(seed + 3))));

        Assert.Equal((sums[0], sums[2]), (sums[1], sums[3]));
        var (one, other) = (pair.Subject.GetInfo(), pair.Peer.GetInfo());
        Assert.Equal((total, total, total, total), (one.BytesSent, one.BytesReceived, other.BytesSent, other.BytesReceived));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task OneLargeWrite_WaitsForTheReader_AndArrivesWhole(CarrierKind kind)
    {
        var size = kind is CarrierKind.Scripted or CarrierKind.ScriptedAccepted ? 1_000_000 : ConnectionPair.TooMuch.Length;
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var writing = pair.Stream.WriteAsync(ConnectionPair.TooMuch[..size], Token).AsTask();
        Assert.False(writing.IsCompleted);
        var buffer = new byte[1 << 20];
        for (var left = size; left > 0;)
        {
            var received = await ConnectionPair.Soon(pair.PeerStream.ReadAsync(buffer, Token));
            Assert.InRange(received, 1, left);
            left -= received;
        }

        await ConnectionPair.Soon(writing);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task PingPong_OfSingleBytes(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var echoing = Task.Run(async () =>
        {
            var buffer = new byte[1];
            while (await pair.Peer.ReceiveAsync(buffer, Token) == 1)
                await pair.Peer.SendAsync(buffer, Token);
            await pair.Peer.CompleteSendingAsync(Token);
        }, Token);
        var one = new byte[1];
        for (var i = 0; i < 2000; i++)
        {
            one[0] = (byte)i;
            await pair.Subject.SendAsync(one, Token);
            one[0] = 0;
            Assert.Equal(1, await ConnectionPair.Soon(pair.Subject.ReceiveAsync(one, Token)));
            Assert.Equal((byte)i, one[0]);
        }

        await pair.Subject.CompleteSendingAsync(Token);
        Assert.Equal(0, await ConnectionPair.Soon(pair.Subject.ReceiveAsync(one, Token)));
        await ConnectionPair.Soon(echoing);
    }

    private static Task<string> SendAsync(ToeConnection connection, int total, Random random) => Task.Run(async () =>
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[70_000];
        while (total > 0)
        {
            var part = buffer.AsMemory(0, Math.Min(total, Size(random, buffer.Length)));
            random.NextBytes(part.Span);
            sum.AppendData(part.Span);
            await connection.SendAsync(part, Token);
            part.Span.Clear(); // The buffer is the caller's again.
            total -= part.Length;
        }

        await connection.CompleteSendingAsync(Token);
        return Convert.ToHexString(sum.GetHashAndReset());
    }, Token);

    private static Task<string> ReceiveAsync(ToeConnection connection, Random random) => Task.Run(async () =>
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[70_000];
        while (true)
        {
            var asked = random.Next(4) == 0 ? 0 : Size(random, buffer.Length);
            var received = await connection.ReceiveAsync(buffer.AsMemory(0, asked), Token);
            if (received == 0 && asked > 0)
                return Convert.ToHexString(sum.GetHashAndReset());
            sum.AppendData(buffer.AsSpan(0, received));
        }
    }, Token);

    /// <summary>Small ones mostly, so that the edges of segments and buffers are met.</summary>
    private static int Size(Random random, int most) => random.Next(3) switch
    {
        0 => random.Next(1, 20),
        1 => random.Next(1, 3000),
        _ => random.Next(1, most + 1),
    };
}
