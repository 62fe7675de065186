using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// Owns the number of an rsocket: the descriptor of an event channel that only librdmacm may touch. The native close waits for calls under way, and runs on
/// a thread of <see cref="RsocketCalls"/>, since it blocks.
/// </summary>
internal sealed class RsocketHandle : SafeHandle
{
    /// <summary>The library's table has room for so many numbers; a number beyond it crashes the calls that do not check. Source: librdmacm/indexer.h, IDX_MAX_INDEX.</summary>
    internal const int Largest = 65535;

    private static int _open;

    private readonly bool _isTemporary;

    /// <summary>Takes a number over.</summary>
    /// <param name="number">The number.</param>
    /// <param name="isTemporary">True for one without a connection, which is closed at once on the thread that disposes it.</param>
    internal RsocketHandle(int number, bool isTemporary = false)
        : base(-1, ownsHandle: true)
    {
        _isTemporary = isTemporary;
        SetHandle(number is >= 0 and <= Largest ? number : -1);
        if (!IsInvalid)
            Interlocked.Increment(ref _open);
    }

    /// <summary>Rsockets of this process that the library has not closed yet.</summary>
    internal static int OpenCount => Volatile.Read(ref _open);

    /// <summary>Who is inside the library with it: closing needs no gate, since it waits for all who keep the number.</summary>
    internal RsocketGate Gate { get; } = new();

    /// <summary>Called when the library has closed it.</summary>
    internal Action? OnClosed { get; set; }

    public override bool IsInvalid => handle < 0;

    protected override bool ReleaseHandle()
    {
        var number = (int)handle;
        var closed = OnClosed;
        if (_isTemporary)
            Close();
        else
            RsocketCalls.Closing.Run(Close);
        return true;

        void Close()
        {
            _ = RdmaCm.rclose(number);
            Interlocked.Decrement(ref _open);
            closed?.Invoke();
        }
    }
}
