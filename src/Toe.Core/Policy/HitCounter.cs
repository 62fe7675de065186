namespace Toe.Policy;

/// <summary>Counts without a lock; outlives its rule when a reload brings the same rule again.</summary>
internal sealed class HitCounter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Increment() => Interlocked.Increment(ref _value);
}
