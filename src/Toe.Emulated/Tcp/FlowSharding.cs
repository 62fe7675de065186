using System.Security.Cryptography;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>
/// Which of several engines carries a flow. A function of the connection's name alone, so nobody has to look it up or keep it; keyed, or a peer
/// could choose its ports so that all of its flows meet on one engine.
/// </summary>
internal sealed class FlowSharding
{
    private const byte Purpose = 6;

    private readonly KeyedHash _hash;

    /// <summary>Spreads flows.</summary>
    /// <param name="count">The number of engines, at least 1.</param>
    public FlowSharding(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        Span<byte> key = stackalloc byte[16];
        RandomNumberGenerator.Fill(key);
        _hash = new KeyedHash(key);
    }

    public int Count { get; }

    /// <summary>The engine that carries the flow, from 0.</summary>
    public int Of(in FourTuple tuple) => Count == 1 ? 0 : (int)Math.BigMul(_hash.Of(tuple, Purpose), (ulong)Count, out _);
}
