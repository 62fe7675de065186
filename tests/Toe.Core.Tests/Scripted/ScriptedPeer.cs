namespace Toe.Core.Tests.Scripted;

/// <summary>The far end of a scripted connection, in the test's hand.</summary>
internal sealed class ScriptedPeer(ScriptedWire wire)
{
    /// <summary>True once the connection was reset from the other side.</summary>
    public bool IsReset => wire.In.IsReset;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            await WaitAsync(wire.Out, () => wire.Out.IsWritable);
            wire.Out.TryWrite(bytes.Span, out var sent);
            bytes = bytes[sent..];
        }
    }

    /// <summary>Takes what is there, waiting for something; empty at the end of the stream.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        await WaitAsync(wire.In, () => wire.In.IsReadable);
        wire.In.TryRead(buffer, out var received);
        return buffer[..received];
    }

    public async Task<byte[]> ReceiveAsync(int count)
    {
        var all = new List<byte>();
        while (all.Count < count && await ReceiveAsync() is { Length: > 0 } part)
            all.AddRange(part);
        return [.. all];
    }

    public void Finish() => wire.Out.End();

    public void Reset()
    {
        wire.Out.Reset();
        wire.In.Reset();
    }

    /// <summary>Completes when the connection was ended by FIN or RST from the other side, and all before it was read.</summary>
    public async Task<IoStatus> WaitForEndAsync()
    {
        var buffer = new byte[4096];
        while (true)
        {
            await WaitAsync(wire.In, () => wire.In.IsReadable);
            var status = wire.In.TryRead(buffer, out _);
            if (status is IoStatus.EndOfStream or IoStatus.Reset)
                return status;
        }
    }

    private static async Task WaitAsync(ScriptedPipe pipe, Func<bool> isReady)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        pipe.OnChanged(() =>
        {
            if (isReady())
                changed.TrySetResult();
        });
        if (!isReady())
            await changed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
