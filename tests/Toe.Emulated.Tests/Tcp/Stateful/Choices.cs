namespace Toe.Emulated.Tests.Tcp.Stateful;

/// <summary>Bytes read as choices, so that a generator or a fuzzer can make any run; behind their end every choice is the first one.</summary>
internal ref struct Choices(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public byte Next()
    {
        if (_rest.IsEmpty) return 0;
        var first = _rest[0];
        _rest = _rest[1..];
        return first;
    }

    public uint NextNumber() => (uint)(Next() << 24 | Next() << 16 | Next() << 8 | Next());

    public T Of<T>(params ReadOnlySpan<T> values) => values[Next() % values.Length];

    public bool OneIn(int count) => Next() % count == count - 1;
}
