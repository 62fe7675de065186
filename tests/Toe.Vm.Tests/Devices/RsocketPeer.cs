using System.Net;
using Toe.Linux;

namespace Toe.Vm.Tests.Devices;

/// <summary>Waits for an rsocket's readiness, so that a case can be written in order.</summary>
internal sealed class RsocketPeer : IRsocketEvents, IDisposable
{
    private readonly Rsocket _socket;
    private readonly Dictionary<Readiness, TaskCompletionSource> _waits = new()
    {
        [Readiness.Receive] = new(),
        [Readiness.Send] = new(),
    };

    public RsocketPeer(Rsocket socket) => _socket = socket;

    public Rsocket Socket => _socket;

    public IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    public IPEndPoint RemoteEndPoint => _socket.RemoteEndPoint;

    /// <summary>How the connection ended other than by its ends; null while it did not.</summary>
    public int? Over { get; private set; }

    public static async Task<RsocketPeer> ConnectAsync(RsocketEngine engine, IPEndPoint remote, CancellationToken cancellationToken, TimeSpan? keepAlive = null)
    {
        var made = Rsocket.Create(engine, new RsocketOptions { KeepAlive = keepAlive });
        var socket = made.Value ?? throw new LinuxException("rsocket", made.ErrorNumber);
        try
        {
            var connected = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            socket.Connect(null, remote, connected.SetResult);
            var error = await connected.Task.WaitAsync(cancellationToken);
            if (error != 0)
                throw new LinuxException("connect", error);
            var peer = new RsocketPeer(socket);
            socket.Bind(peer);
            return peer;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken, int piece = int.MaxValue)
    {
        while (!content.IsEmpty)
        {
            var status = _socket.Send(content.Span[..Math.Min(piece, content.Length)], out var sent);
            content = content[sent..];
            if (status == IoStatus.WouldBlock)
                await WaitAsync(Readiness.Send, cancellationToken);
            else
                Check.Equal(IoStatus.Done, status);
        }
    }

    /// <summary>Takes so many bytes, or what comes before the end.</summary>
    public async Task<byte[]> ReceiveAsync(int count, CancellationToken cancellationToken)
    {
        var content = new byte[count];
        var length = 0;
        while (length < count)
        {
            var status = _socket.Receive(content.AsSpan(length), out var received);
            length += received;
            if (status == IoStatus.EndOfStream)
                break;
            if (status == IoStatus.WouldBlock)
                await WaitAsync(Readiness.Receive, cancellationToken);
            else
                Check.Equal(IoStatus.Done, status);
        }

        return content[..length];
    }

    /// <summary>Waits until a direction is ready.</summary>
    public Task WaitAsync(Readiness what, CancellationToken cancellationToken)
    {
        var wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waits[what] = wait;
        _socket.Arm(what);
        return wait.Task.WaitAsync(cancellationToken);
    }

    public void ShutdownSend() => Check.Equal(IoStatus.Done, _socket.EndSending());

    public void OnOver(int errorNumber) => Over = errorNumber;

    public void OnReady(Readiness what)
    {
        foreach (var one in _waits.Keys)
        {
            if (what.HasFlag(one))
                _waits[one].TrySetResult();
        }
    }

    public void Dispose() => _socket.Dispose();
}
