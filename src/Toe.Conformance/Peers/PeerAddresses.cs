using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>The two ends' addresses of one family.</summary>
/// <param name="Peer">The peer's.</param>
/// <param name="Adapter">That of the adapter that is tried.</param>
public sealed record PeerAddresses(IPAddress Peer, IPAddress Adapter)
{
    /// <summary>The pair of a family.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    internal static PeerAddresses Of(AddressFamily family, params ReadOnlySpan<PeerAddresses?> pairs)
    {
        foreach (var pair in pairs)
        {
            if (pair?.Adapter.AddressFamily == family)
                return pair;
        }

        throw new NotSupportedException($"The peer has no {family} address.");
    }
}
