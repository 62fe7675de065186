using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>Looks endpoints up by a keyed hash of their tuples, so that nobody can choose ports that collide.</summary>
internal sealed class TupleComparer(KeyedHash hash) : IEqualityComparer<TcpEndpoint>, IAlternateEqualityComparer<FourTuple, TcpEndpoint>
{
    private const byte Purpose = 4;

    public bool Equals(TcpEndpoint? x, TcpEndpoint? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Tuple == y.Tuple);

    public bool Equals(FourTuple alternate, TcpEndpoint other) => other.Tuple == alternate;

    public int GetHashCode(TcpEndpoint obj) => GetHashCode(obj.Tuple);

    public int GetHashCode(FourTuple alternate) => (int)hash.Of(alternate, Purpose);

    public TcpEndpoint Create(FourTuple alternate) => throw new NotSupportedException("A tuple alone is no endpoint.");
}
