using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>Looks connections up by a keyed hash, so that nobody can choose ports that collide.</summary>
internal sealed class TupleComparer(KeyedHash hash) : IEqualityComparer<FourTuple>
{
    private const byte Purpose = 4;

    public bool Equals(FourTuple x, FourTuple y) => x == y;

    public int GetHashCode(FourTuple obj) => (int)hash.Of(obj, Purpose);
}
