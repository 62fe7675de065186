using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toe.Emulated.Wire;

/// <summary>The blocks of a SACK option (RFC 2018 §3), at most four.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct SackBlocks
{
    public const int Maximum = 4;

    private Blocks _blocks;

    public int Count { get; private set; }

    /// <summary>The option's length with the two NOPs that align it; 0 without blocks.</summary>
    public readonly int OptionLength => Count == 0 ? 0 : 4 + Count * 8;

    public readonly (uint Start, uint End) this[int index] => _blocks[index];

    public void Add(uint start, uint end)
    {
        if (Count < Maximum) _blocks[Count++] = (start, end);
    }

    [InlineArray(Maximum)]
    private struct Blocks
    {
        private (uint, uint) _first;
    }
}
