using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>
/// Connections through the engine's API on two cores: on each a pair of engines on one thread. Open, accept, a FIN each way, and TIME-WAIT of full
/// length for every one of them. The client's addresses are many, since TIME-WAIT keeps the ports.
/// </summary>
internal sealed class ConnectionRate : ITcpListenerEvents
{
    private const int Cores = 2;
    private const int Addresses = 16;
    private const int AtOnce = 64;
    private const int BufferSize = 4096; // For a request and an answer.

    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly IPEndPoint ServerEndPoint = IPEndPoint.Parse("10.0.1.1:80");
    private static readonly TcpSocketOptions Options = new() { SendBufferSize = BufferSize, ReceiveBufferSize = BufferSize };

    private readonly Wire _up = new();
    private readonly Wire _down = new();
    private readonly TcpEngine _client;
    private readonly TcpEngine _server;
    private readonly IPEndPoint[] _locals = [.. Enumerable.Range(1, Addresses).Select(number => new IPEndPoint(new IPAddress([10, 0, 0, (byte)number]), 0))];
    private int _opened;
    private int _done;

    private ConnectionRate()
    {
        // None of those in TIME-WAIT makes room for another one.
        var options = new TcpEngineOptions { MaximumTimeWait = int.MaxValue };
        _client = new TcpEngine(options, _up);
        _server = new TcpEngine(options, _down);
        _server.Listen(ServerEndPoint, AtOnce * 2, Options, this);
    }

    /// <summary>Connections per second.</summary>
    /// <param name="duration">How long.</param>
    public static async Task<double> MeasureAsync(TimeSpan duration)
    {
        var pairs = Enumerable.Range(0, Cores).Select(_ => Task.Factory.StartNew(
            () => new ConnectionRate().Run(duration), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        return (await Task.WhenAll(pairs)).Sum();
    }

    public bool Admit(in TcpIncoming syn) => true;

    public ITcpSocketEvents OnAccepted(TcpSocket socket)
    {
        var end = new ServerEnd(this, socket);
        end.OnReady(Readiness.Receive);
        return end;
    }

    private double Run(TimeSpan duration)
    {
        var start = Time.GetTimestamp();
        TimeSpan now;
        while ((now = Time.GetElapsedTime(start)) < duration)
        {
            while (_opened - _done < AtOnce)
                Open();
            _client.Advance(now);
            _up.Deliver(_server, now);
            _server.Advance(now);
            _down.Deliver(_client, now);
        }

        if (_client.Statistics.TimeWait < _done)
            throw new InvalidOperationException($"{_done} connections were closed, {_client.Statistics.TimeWait} are in TIME-WAIT.");
        return _done / now.TotalSeconds;
    }

    private void Open()
    {
        var end = new ClientEnd();
        end.Socket = _client.Connect(_locals[_opened++ % Addresses], ServerEndPoint, Options, end);
    }

    /// <summary>Closes as soon as it is connected.</summary>
    private sealed class ClientEnd : ITcpSocketEvents
    {
        public TcpSocket Socket { get; set; } = null!;

        public void OnConnected() => Socket.Close();

        public void OnReady(Readiness what)
        {
        }

        public void OnClosed(SocketError error)
        {
        }
    }

    /// <summary>Closes when its peer has.</summary>
    private sealed class ServerEnd(ConnectionRate rate, TcpSocket socket) : ITcpSocketEvents
    {
        private readonly byte[] _nothing = new byte[1];

        public void OnConnected()
        {
        }

        public void OnReady(Readiness what)
        {
            if (socket.TryReceive(_nothing, out _) == IoStatus.WouldBlock)
                socket.Arm(Readiness.Receive);
            else
                socket.Close();
        }

        public void OnClosed(SocketError error)
        {
            if (error == SocketError.Success)
                rate._done++;
        }
    }
}
