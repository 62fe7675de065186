using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>One kit's calls, each answered when it is done. Owns what the kit has opened.</summary>
internal sealed class RemotePeerSession
{
    private readonly RemoteWire _wire;
    private readonly IConformancePeer _peer;
    private readonly CancellationToken _stopping;
    private readonly ConcurrentDictionary<int, IAsyncDisposable> _open = new();
    private readonly ConcurrentDictionary<int, CancellationTokenSource> _calls = new();
    private readonly ConcurrentDictionary<Task, bool> _answering = new();
    private int _handles;

    private RemotePeerSession(RemoteWire wire, IConformancePeer peer, CancellationToken stopping)
    {
        _wire = wire;
        _peer = peer;
        _stopping = stopping;
    }

    /// <summary>Serves until the kit goes or misbehaves; owns the wire.</summary>
    public static async Task RunAsync(RemoteWire wire, IConformancePeer peer, CancellationToken stopping)
    {
        using (wire)
        {
            var session = new RemotePeerSession(wire, peer, stopping);
            try
            {
                await session.ServeAsync();
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The kit is gone, or is none.
            }

            await session.CloseAsync();
        }
    }

    private async Task ServeAsync()
    {
        while (await _wire.ReadAsync(_stopping) is { } call)
        {
            if (call.Kind == (byte)RemoteCall.Cancel)
            {
                await CancelAsync(call.Number);
                continue;
            }

            var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
            if (!_calls.TryAdd(call.Number, cancel))
                throw new InvalidDataException($"The call {call.Number} is under way already.");
            var answering = Task.Run(() => AnswerAsync(call, cancel), CancellationToken.None);
            _answering[answering] = true;
            _ = answering.ContinueWith(done => _answering.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task CancelAsync(int number)
    {
        try
        {
            if (_calls.TryGetValue(number, out var cancelled))
                await cancelled.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    private async Task AnswerAsync(RemoteFrame call, CancellationTokenSource cancel)
    {
        RemoteFrame answer;
        try
        {
            answer = Answer(RemoteAnswer.Done, await DoAsync(call, cancel.Token));
        }
        catch (SocketException exception)
        {
            answer = Answer(RemoteAnswer.SocketFault, RemoteFrame.Write(writer => writer.Write((int)exception.SocketErrorCode)));
        }
        catch (OperationCanceledException)
        {
            answer = Answer(RemoteAnswer.Cancelled, []);
        }
        catch (Exception exception)
        {
            answer = Answer(RemoteAnswer.Fault, RemoteFrame.Write(writer => writer.Write($"{exception.GetType().Name}: {exception.Message}")));
        }

        _calls.TryRemove(call.Number, out _);
        cancel.Dispose();
        try
        {
            await _wire.WriteAsync(answer);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Nobody hears it.
        }

        RemoteFrame Answer(RemoteAnswer kind, byte[] payload) => new(call.Number, (byte)kind, payload);
    }

    private async Task<byte[]> DoAsync(RemoteFrame call, CancellationToken stop)
    {
        using var reader = call.Read();
        switch ((RemoteCall)call.Kind)
        {
            case RemoteCall.Listen:
                var listener = await _peer.ListenAsync((AddressFamily)reader.ReadInt32(), stop);
                return RemoteFrame.Write(writer =>
                {
                    writer.Write(Keep(listener));
                    writer.Write(listener.EndPoint.ToString());
                });
            case RemoteCall.IsPending:
                var isPending = Find<IPeerListener>(reader).IsPending;
                return RemoteFrame.Write(writer => writer.Write(isPending));
            case RemoteCall.Accept:
                return Describe(await Find<IPeerListener>(reader).AcceptAsync(stop));
            case RemoteCall.Connect:
                return Describe(await _peer.ConnectAsync(IPEndPoint.Parse(reader.ReadString()), stop));
            case RemoteCall.Send:
                await Find<IPeerConnection>(reader).SendAsync(call.Payload.AsMemory(sizeof(int)), stop);
                return [];
            case RemoteCall.Receive:
                var connection = Find<IPeerConnection>(reader);
                var buffer = new byte[Math.Clamp(reader.ReadInt32(), 0, RemoteWire.MostBytes)];
                return buffer[..await connection.ReceiveAsync(buffer, stop)];
            case RemoteCall.CompleteSending:
                await Find<IPeerConnection>(reader).CompleteSendingAsync(stop);
                return [];
            case RemoteCall.Reset:
                Find<IPeerConnection>(reader).Reset();
                return [];
            case RemoteCall.Close:
                if (_open.TryRemove(reader.ReadInt32(), out var closed))
                    await closed.DisposeAsync();
                return [];
            default:
                throw new InvalidDataException($"There is no call {call.Kind}.");
        }
    }

    private byte[] Describe(IPeerConnection connection) => RemoteFrame.Write(writer =>
    {
        writer.Write(Keep(connection));
        writer.Write(connection.LocalEndPoint.ToString());
        writer.Write(connection.RemoteEndPoint.ToString());
    });

    private int Keep(IAsyncDisposable opened)
    {
        var handle = Interlocked.Increment(ref _handles);
        _open[handle] = opened;
        return handle;
    }

    private T Find<T>(BinaryReader reader)
        where T : class, IAsyncDisposable
    {
        var handle = reader.ReadInt32();
        return _open.GetValueOrDefault(handle) as T ?? throw new InvalidDataException($"There is no {typeof(T).Name} {handle}.");
    }

    private async Task CloseAsync()
    {
        _wire.Dispose(); // Nobody waits for a kit that does not read.
        foreach (var number in _calls.Keys)
            await CancelAsync(number);
        await Task.WhenAll(_answering.Keys); // Until then something may still be opened.
        foreach (var opened in _open.Values)
            await opened.DisposeAsync();
    }
}
