namespace Toe.Vm.Tests.Devices;

/// <summary>Bytes that count up from zero, over all pieces, as rstream makes and verifies them.</summary>
internal sealed class Counting
{
    private byte _next;

    public byte[] Make(int size)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i++)
            bytes[i] = _next++;
        return bytes;
    }

    public void Verify(ReadOnlySpan<byte> bytes, int size)
    {
        Check.Equal(size, bytes.Length);
        foreach (var one in bytes)
            Check.True(one == _next++, "a byte is not the next");
    }
}
