namespace Toe.Core.Tests.Scripted;

/// <summary>One direction of bytes, with a bound: the wire between two scripted ends, and what survives a move.</summary>
internal sealed class ScriptedPipe(int capacity)
{
    private readonly Lock _lock = new();
    private readonly byte[] _bytes = new byte[capacity];
    private Action? _changed;
    private int _start;
    private int _count;
    private bool _ended;
    private bool _reset;

    public bool IsReset
    {
        get
        {
            lock (_lock)
                return _reset;
        }
    }

    /// <summary>True when a read would not block.</summary>
    public bool IsReadable
    {
        get
        {
            lock (_lock)
                return _count > 0 || _ended || _reset;
        }
    }

    /// <summary>True when a write would not block.</summary>
    public bool IsWritable
    {
        get
        {
            lock (_lock)
                return _count < _bytes.Length || _reset;
        }
    }

    /// <summary>Called after every change, from the thread that made it.</summary>
    public void OnChanged(Action action)
    {
        lock (_lock)
            _changed += action;
    }

    public IoStatus TryRead(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        lock (_lock)
        {
            if (_reset)
                return IoStatus.Reset;
            if (_count == 0)
                return _ended ? IoStatus.EndOfStream : IoStatus.WouldBlock;
            bytes = Math.Min(buffer.Length, _count);
            for (var i = 0; i < bytes; i++)
                buffer[i] = _bytes[(_start + i) % _bytes.Length];
            _start = (_start + bytes) % _bytes.Length;
            _count -= bytes;
        }

        if (bytes > 0)
            _changed?.Invoke();
        return IoStatus.Done;
    }

    public IoStatus TryWrite(ReadOnlySpan<byte> buffer, out int bytes)
    {
        bytes = 0;
        lock (_lock)
        {
            if (_reset)
                return IoStatus.Reset;
            bytes = Math.Min(buffer.Length, _bytes.Length - _count);
            for (var i = 0; i < bytes; i++)
                _bytes[(_start + _count + i) % _bytes.Length] = buffer[i];
            _count += bytes;
        }

        if (bytes == 0)
            return IoStatus.WouldBlock;
        _changed?.Invoke();
        return IoStatus.Done;
    }

    /// <summary>FIN.</summary>
    public void End() => Change(() => _ended = true);

    /// <summary>RST.</summary>
    public void Reset() => Change(() => _reset = true);

    private void Change(Action change)
    {
        lock (_lock)
            change();
        _changed?.Invoke();
    }
}
