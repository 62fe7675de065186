using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>Who the adapter's connections are with. Its TCP is taken to be right: a host's kernel, or another adapter that has been proven.</summary>
public interface IConformancePeer : IAsyncDisposable
{
    /// <summary>The address of the adapter's that the peer reaches.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    IPAddress AdapterAddress(AddressFamily family);

    /// <summary>A port at which the adapter may listen; 0 where it chooses by itself.</summary>
    int FreePort();

    /// <summary>True when it answers a SYN with RST where nobody listens.</summary>
    bool Refuses { get; }

    /// <summary>Listens.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    ValueTask<IPeerListener> ListenAsync(AddressFamily family, CancellationToken cancellationToken);

    /// <summary>Connects to the adapter.</summary>
    /// <param name="remote">Where the adapter listens.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SocketException">Nobody answered, or with a refusal.</exception>
    ValueTask<IPeerConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken);
}
