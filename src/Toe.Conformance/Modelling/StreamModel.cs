namespace Toe.Conformance;

/// <summary>One direction of a connection, as it must be: a queue of bytes with an end.</summary>
/// <param name="salt">Makes the two directions' bytes different.</param>
internal sealed class StreamModel(int salt)
{
    /// <summary>Less than any buffer on the way holds, so that no send has to wait.</summary>
    private const int MostUnderWay = 16 << 10;

    private int _sent;
    private int _received;

    public bool HasEnded { get; private set; }

    public int UnderWay => _sent - _received;

    public int Sent => _sent;

    /// <summary>The bytes of the next send.</summary>
    public byte[] Send(int wanted)
    {
        var bytes = Make(_sent, HasEnded ? 0 : Math.Min(wanted, MostUnderWay - UnderWay));
        _sent += bytes.Length;
        return bytes;
    }

    /// <summary>The bytes that the next receive must give.</summary>
    public byte[] Receive(int wanted)
    {
        var bytes = Make(_received, Math.Min(wanted, UnderWay));
        _received += bytes.Length;
        return bytes;
    }

    public void End() => HasEnded = true;

    private byte[] Make(int from, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)(((from + i) * 31) + ((from + i) >> 8) + salt);
        return bytes;
    }
}
