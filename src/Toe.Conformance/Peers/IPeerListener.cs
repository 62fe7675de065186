using System.Net;

namespace Toe.Conformance;

/// <summary>A peer's listener.</summary>
public interface IPeerListener : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    IPEndPoint EndPoint { get; }

    /// <summary>True when a connection waits to be accepted. One that the peer's TCP has not completed does not.</summary>
    bool IsPending { get; }

    /// <summary>Takes the next connection.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<IPeerConnection> AcceptAsync(CancellationToken cancellationToken);
}
