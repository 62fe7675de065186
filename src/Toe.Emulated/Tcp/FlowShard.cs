using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>The flows that one of several engines carries.</summary>
internal readonly record struct FlowShard(FlowSharding Sharding, int Index)
{
    public bool Has(in FourTuple tuple) => Sharding.Of(tuple) == Index;
}
