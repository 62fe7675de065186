using System.Buffers;
using System.IO.Pipelines;

namespace Toe.Core.Tests.Connections;

/// <summary>The connection as a duplex pipe.</summary>
public sealed class PipeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(Carriers))]
    public async Task WhatIsNotConsumed_ComesAgain(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var input = pair.Subject.AsPipe().Input;
        await pair.Peer.SendAsync(new byte[] { 1, 2, 3 }, Token);
        var read = await Soon(input.ReadAtLeastAsync(3, Token));
        Assert.Equal([1, 2, 3], read.Buffer.ToArray());

        input.AdvanceTo(read.Buffer.GetPosition(1), read.Buffer.GetPosition(2)); // Two of three seen: the third is reason enough to return.
        read = await Soon(input.ReadAsync(Token));
        Assert.Equal([2, 3], read.Buffer.ToArray());

        input.AdvanceTo(read.Buffer.Start, read.Buffer.End); // All seen: waits for more.
        var waiting = input.ReadAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await pair.Peer.SendAsync(new byte[] { 4 }, Token);
        read = await ConnectionPair.Soon(waiting);
        Assert.Equal([2, 3, 4], read.Buffer.ToArray());
        input.AdvanceTo(read.Buffer.End);
        Assert.False(input.TryRead(out _));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task FinOfThePeer_CompletesTheReader_WithWhatWasThere(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var input = pair.Subject.AsPipe().Input;
        await pair.Peer.SendAsync(new byte[] { 1, 2 }, Token);
        await pair.Peer.CompleteSendingAsync(Token);

        var read = await Soon(input.ReadAsync(Token));
        while (!read.IsCompleted)
        {
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await Soon(input.ReadAsync(Token));
        }

        Assert.Equal([1, 2], read.Buffer.ToArray());
        input.AdvanceTo(read.Buffer.End);
        read = await Soon(input.ReadAsync(Token));
        Assert.True(read.IsCompleted && read.Buffer.IsEmpty);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task CancelPendingRead_EndsOneRead(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var input = pair.Subject.AsPipe().Input;
        var waiting = input.ReadAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);

        input.CancelPendingRead();

        var read = await ConnectionPair.Soon(waiting);
        Assert.True(read.IsCanceled && read.Buffer.IsEmpty);
        input.AdvanceTo(read.Buffer.End);
        await pair.Peer.SendAsync(new byte[] { 1 }, Token);
        read = await Soon(input.ReadAsync(Token));
        Assert.Equal((false, 1L), (read.IsCanceled, read.Buffer.Length));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task CancelPendingFlush_EndsOneFlush(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var output = pair.Subject.AsPipe().Output;
        var flushing = output.WriteAsync(ConnectionPair.TooMuch, Token).AsTask();
        Assert.False(flushing.IsCompleted);

        output.CancelPendingFlush();

        Assert.Equal((true, false), await ConnectionPair.Soon(flushing) is var flush ? (flush.IsCanceled, flush.IsCompleted) : default);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task TokenOfAFlush_EndsIt(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        using var cancellation = new CancellationTokenSource();
        var flushing = pair.Subject.AsPipe().Output.WriteAsync(ConnectionPair.TooMuch, cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(flushing));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task Written_IsSentWithTheFlush_AndFinWithTheCompletion(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var (input, output) = (pair.Subject.AsPipe().Input, pair.Subject.AsPipe().Output);
        var arriving = pair.Peer.ReceiveAsync(new byte[8], Token).AsTask();
        output.Write<byte>([1, 2]);
        Assert.True(output.CanGetUnflushedBytes);
        Assert.Equal(2, output.UnflushedBytes);
        Assert.False(arriving.IsCompleted);
        Assert.False((await Soon(output.FlushAsync(Token))).IsCompleted);
        Assert.Equal(2, await ConnectionPair.Soon(arriving));

        output.Write<byte>([3]);
        await output.CompleteAsync(); // Flushes what was left.

        Assert.Equal([3], await ConnectionPair.ReadToEndAsync(pair.Peer));
        Assert.Contains(pair.Subject, pair.Stack.Connections); // The other direction lives on.
        await pair.Peer.SendAsync(new byte[] { 9 }, Token);
        Assert.Equal([9], (await Soon(input.ReadAsync(Token))).Buffer.ToArray());
        await input.CompleteAsync();
        Assert.DoesNotContain(pair.Subject, pair.Stack.Connections);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task CompletionWithAnException_SendsNothingMore(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var output = pair.Subject.AsPipe().Output;
        output.Write<byte>([1]);

        await output.CompleteAsync(new InvalidDataException());

        Assert.Empty(await ConnectionPair.ReadToEndAsync(pair.Peer));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task CompletingBothEnds_DisposesTheConnection(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var pipe = pair.Subject.AsPipe();

        pipe.Input.Complete();
        Assert.Contains(pair.Subject, pair.Stack.Connections);
        pipe.Output.Complete();
        pipe.Output.Complete();
        pipe.Input.Complete();

        Assert.DoesNotContain(pair.Subject, pair.Stack.Connections);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pair.Subject.ReceiveAsync(new byte[1], Token).AsTask());
        Assert.Empty(await ConnectionPair.ReadToEndAsync(pair.Peer));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task PeerThatIsGone_CompletesTheFlush_AndFailsTheRead(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var (input, output) = (pair.Subject.AsPipe().Input, pair.Subject.AsPipe().Output);
        var flushing = output.WriteAsync(ConnectionPair.TooMuch, Token).AsTask();
        var reading = input.ReadAsync(Token).AsTask();
        Assert.False(flushing.IsCompleted || reading.IsCompleted);

        pair.Peer.Abort();

        Assert.True((await ConnectionPair.Soon(flushing)).IsCompleted);
        await Assert.ThrowsAsync<IOException>(() => ConnectionPair.Soon(reading));
        Assert.True((await Soon(output.WriteAsync(new byte[1], Token))).IsCompleted);
        Assert.True((await Soon(output.FlushAsync(Token))).IsCompleted);
        await output.CompleteAsync();
        await input.CompleteAsync();
        Assert.DoesNotContain(pair.Subject, pair.Stack.Connections);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task LeftoversForAPeerThatIsGone_DoNotFailTheCompletion(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var pipe = pair.Subject.AsPipe();
        var reading = pipe.Input.ReadAsync(Token).AsTask();
        pair.Peer.Abort();
        await Assert.ThrowsAsync<IOException>(() => ConnectionPair.Soon(reading));
        pipe.Output.Write<byte>(new byte[100]);

        pipe.Output.Complete();
        pipe.Input.Complete();

        Assert.DoesNotContain(pair.Subject, pair.Stack.Connections);
    }

    private static Task<ReadResult> Soon(ValueTask<ReadResult> reading) => ConnectionPair.Soon(reading.AsTask());

    private static Task<FlushResult> Soon(ValueTask<FlushResult> flushing) => ConnectionPair.Soon(flushing.AsTask());
}
