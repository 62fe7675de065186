using System.Net;
using Toe.Linux;

namespace Toe.Vm.Tests.Devices;

/// <summary>Waits for an rsocket's readiness, so that a case can be written in order.</summary>
internal sealed class RsocketPeer : IRsocketEvents, IDisposable
{
    private readonly Rsocket _socket;
    private readonly RsocketRegistration _registration;
    private readonly Dictionary<Readiness, TaskCompletionSource<bool>> _waits = new()
    {
        [Readiness.Receive] = new(),
        [Readiness.Send] = new(),
    };

    public RsocketPeer(RsocketPoller poller, Rsocket socket)
    {
        _socket = socket;
        _registration = poller.Register(socket, this);
    }

    public Rsocket Socket => _socket;

    public IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    public IPEndPoint RemoteEndPoint => _socket.RemoteEndPoint;

    public static async Task<RsocketPeer> ConnectAsync(RsocketPoller poller, IPEndPoint remote, CancellationToken cancellationToken)
    {
        var socket = Open();
        try
        {
            var connected = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            socket.Connect(remote, connected.SetResult);
            Demand("connect", await connected.Task.WaitAsync(cancellationToken));
            return new RsocketPeer(poller, socket);
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

    public void ShutdownSend() => _registration.ShutdownSend();

    public void OnReady(Readiness what, bool hasFailed)
    {
        foreach (var one in _waits.Keys)
        {
            if (what.HasFlag(one))
                _waits[one].TrySetResult(hasFailed);
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        _socket.Dispose();
    }

    public static Rsocket Open()
    {
        var opened = Rsocket.Open(System.Net.Sockets.AddressFamily.InterNetwork, RsocketOptions.Default);
        return opened.Value ?? throw new GuestFailureException(opened.Reason);
    }

    public static void Demand(string what, int error)
    {
        if (error != 0)
            throw new LinuxException(what, error);
    }

    private Task<bool> WaitAsync(Readiness what, CancellationToken cancellationToken)
    {
        var wait = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waits[what] = wait;
        _registration.Arm(what);
        return wait.Task.WaitAsync(cancellationToken);
    }
}
