namespace Toe.Emulated.Links;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014). Our own, because the sequence of
/// <c>System.Random</c> may change between versions of .NET and recorded seeds must not.
/// </summary>
internal struct FaultRandom(long seed)
{
    private ulong _state = (ulong)seed;

    internal ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    /// <summary>Evenly spread in [0, 1).</summary>
    internal double NextShare() => (Next() >> 11) * (1.0 / (1UL << 53));
}
