using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>The adapter's socket under the kit's hand: its data calls as calls that wait, the way the stack makes them. One call per direction at a time.</summary>
internal sealed class TestedSocket(IToeAdapterSocket socket, SocketEventLog events, IReadOnlyList<ToeReason> downgrades, CancellationToken stop) : IAsyncDisposable
{
    public IToeAdapterSocket Raw => socket;

    public SocketEventLog Events => events;

    public IReadOnlyList<ToeReason> Downgrades => downgrades;

    /// <summary>The socket, for data calls of a requirement's own.</summary>
    /// <exception cref="NotOfferedException">It is a kernel socket, on which the stack makes none.</exception>
    public IToeAdapterSocket Polled => socket is ISocketBacked ? throw new NotOfferedException("its sockets are the kernel's: no data calls are made on them") : socket;

    /// <summary>Connects, and insists that it does.</summary>
    public async Task ConnectAsync()
    {
        var result = await socket.ConnectAsync(stop);
        if (result.Outcome == ConnectOutcome.Refused)
            throw new RefusedException("the connect", result.Refusal);
        Check.That(result.Outcome == ConnectOutcome.Connected, $"a peer that listens was not reached: {result.PeerError}");
    }

    /// <summary>Takes what comes next; waits while nothing has come.</summary>
    public async Task<(IoStatus Status, int Bytes)> ReceiveAsync(Memory<byte> buffer)
    {
        if (socket is ISocketBacked { Socket: var kernel })
            return await KernelReceiveAsync(kernel, buffer);
        while (true)
        {
            var status = socket.TryReceive(buffer.Span, out var bytes);
            if (status != IoStatus.WouldBlock)
                return (status, bytes);
            await ReadyAsync(Readiness.Receive);
        }
    }

    /// <summary>Takes exactly so many bytes.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var all = new byte[count];
        for (var received = 0; received < count;)
        {
            var (status, bytes) = await ReceiveAsync(all.AsMemory(received));
            Check.That(status == IoStatus.Done, $"behind {received} of {count} bytes a receive answers {status}");
            received += bytes;
        }

        return all;
    }

    /// <summary>Takes everything up to the end of the stream.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var (status, bytes) = await ReceiveAsync(buffer);
            if (status == IoStatus.EndOfStream)
                return all.ToArray();
            Check.That(status == IoStatus.Done, $"behind {all.Length} bytes a receive answers {status}");
            all.Write(buffer, 0, bytes);
        }
    }

    /// <summary>Sends all.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (socket is ISocketBacked { Socket: var kernel })
        {
            while (!bytes.IsEmpty)
                bytes = bytes[await kernel.SendAsync(bytes, SocketFlags.None, stop)..];
            return;
        }

        while (!bytes.IsEmpty)
        {
            var status = socket.TrySend(bytes.Span, out var sent);
            Check.That(status is IoStatus.Done or IoStatus.WouldBlock, $"a send on a living connection answers {status}");
            Check.That(sent >= 0 && sent <= bytes.Length, $"a send of {bytes.Length} bytes took {sent}");
            bytes = bytes[sent..];
            if (status == IoStatus.WouldBlock)
                await ReadyAsync(Readiness.Send);
        }
    }

    /// <summary>Ends the stream behind what was sent.</summary>
    public async Task CompleteSendingAsync()
    {
        if (socket is ISocketBacked { Socket: var kernel })
        {
            kernel.Shutdown(SocketShutdown.Send);
            return;
        }

        while (true)
        {
            var status = socket.TryCompleteSending();
            if (status == IoStatus.Done)
                return;
            Check.Equal(IoStatus.WouldBlock, status);
            await ReadyAsync(Readiness.Send);
        }
    }

    /// <summary>Arms a direction and waits until it is announced.</summary>
    public async Task ReadyAsync(Readiness direction)
    {
        var ready = events.Next(direction);
        socket.Arm(direction);
        await ready.WaitAsync(stop);
    }

    public ValueTask DisposeAsync() => socket.DisposeAsync();

    private async Task<(IoStatus Status, int Bytes)> KernelReceiveAsync(Socket kernel, Memory<byte> buffer)
    {
        try
        {
            var bytes = await kernel.ReceiveAsync(buffer, SocketFlags.None, stop);
            return (bytes == 0 && !buffer.IsEmpty ? IoStatus.EndOfStream : IoStatus.Done, bytes);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return (IoStatus.Reset, 0);
        }
        catch (SocketException)
        {
            return (IoStatus.Failed, 0);
        }
    }
}
