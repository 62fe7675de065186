using System.Net;
using Toe.Connections;

namespace Toe.Moving;

/// <summary>What names a connection to whoever may take it over.</summary>
internal static class ConnectionTuple
{
    /// <summary>The tuple on the wire: a socket of both families shows IPv4 addresses as IPv6 ones (RFC 4291 §2.5.5.2).</summary>
    public static TcpTuple Of(Carrier carrier) => new(Unmapped(carrier.LocalEndPoint), Unmapped(carrier.RemoteEndPoint));

    private static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
