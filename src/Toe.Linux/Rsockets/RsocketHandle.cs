using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// Owns the number of an rsocket: the descriptor of an event channel that only librdmacm may touch. The native close waits for calls under way, and runs on
/// a thread of <see cref="RsocketCloser"/>, since it blocks.
/// </summary>
internal sealed class RsocketHandle : SafeHandle
{
    /// <summary>The library's table has room for so many numbers; a number beyond it crashes the calls that do not check. Source: librdmacm/indexer.h, IDX_MAX_INDEX.</summary>
    internal const int Largest = 65535;

    internal RsocketHandle(int number)
        : base(-1, ownsHandle: true) => SetHandle(number is >= 0 and <= Largest ? number : -1);

    public override bool IsInvalid => handle < 0;

    protected override bool ReleaseHandle()
    {
        RsocketCloser.Shared.Close((int)handle);
        return true;
    }
}
