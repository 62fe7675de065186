using System.Buffers.Binary;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>Frames on a TCP connection of the host's: length of the payload, number, kind, payload, in network order. Any thread writes; one reads.</summary>
internal sealed class RemoteWire(Socket socket) : IDisposable
{
    /// <summary>The most bytes of a stream in one frame.</summary>
    public const int MostBytes = 256 << 10;

    private const int Header = 9;
    private const int MostPayload = MostBytes + 64;

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly SemaphoreSlim _writing = new(1, 1);

    public async Task WriteAsync(RemoteFrame frame)
    {
        var bytes = new byte[Header + frame.Payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, frame.Payload.Length);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), frame.Number);
        bytes[8] = frame.Kind;
        frame.Payload.CopyTo(bytes, Header);
        await _writing.WaitAsync();
        try
        {
            await _stream.WriteAsync(bytes);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The next frame.</summary>
    /// <returns>Null at the end of the connection.</returns>
    /// <exception cref="InvalidDataException">It is longer than a frame may be.</exception>
    public async Task<RemoteFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        var header = new byte[Header];
        if (await _stream.ReadAtLeastAsync(header, Header, throwOnEndOfStream: false, cancellationToken) < Header)
            return null;
        var length = BinaryPrimitives.ReadInt32BigEndian(header);
        if (length is < 0 or > MostPayload)
            throw new InvalidDataException($"A frame of {length} bytes; at most {MostPayload} are allowed.");
        var payload = new byte[length];
        if (await _stream.ReadAtLeastAsync(payload, length, throwOnEndOfStream: false, cancellationToken) < length)
            return null;
        return new RemoteFrame(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)), header[8], payload);
    }

    /// <summary>Whoever writes or reads just now fails with an <see cref="IOException"/>.</summary>
    public void Dispose() => _stream.Dispose(); // Not the semaphore: writers may be waiting for it, each to fail in its turn.
}
