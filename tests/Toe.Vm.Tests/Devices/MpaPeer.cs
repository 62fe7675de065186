using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toe.Vm.Tests.Devices;

/// <summary>An iWARP peer over plain TCP that accepts one connection and then only reads frames: so far as the other end can tell, its device lets everything lie. Source: RFC 5044, 4 and 7.1.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class MpaPeer : IDisposable
{
    private const int KeySize = 16;
    private const int HeaderSize = 20;
    private const int ChecksumSize = 4;

    private readonly TcpListener _listener = new(SiwDevice.Address, 0);
    private TcpClient? _client;

    public MpaPeer() => _listener.Start();

    public IPEndPoint LocalEndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Accepts, and says of itself what the other end said: as good a greeting as any for who takes nothing.</summary>
    public async Task AcceptAsync(CancellationToken cancellationToken)
    {
        _client = await _listener.AcceptTcpClientAsync(cancellationToken);
        var header = await ReadAsync(HeaderSize, cancellationToken);
        var greeting = await ReadAsync(BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(HeaderSize - 2)), cancellationToken);
        "MPA ID Rep Frame"u8.CopyTo(header.AsSpan(0, KeySize));
        await _client.GetStream().WriteAsync((byte[])[.. header, .. greeting], cancellationToken);
    }

    /// <summary>The next frame: the headers of DDP and RDMAP, and what is behind them.</summary>
    public async Task<byte[]> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(sizeof(ushort), cancellationToken));
        var padded = ((sizeof(ushort) + length + 3) & ~3) - sizeof(ushort);
        var frame = await ReadAsync(padded + ChecksumSize, cancellationToken);
        return frame[..length];
    }

    public void Dispose()
    {
        _client?.Dispose();
        _listener.Dispose();
    }

    private async Task<byte[]> ReadAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await _client!.GetStream().ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}
