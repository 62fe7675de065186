using System.Net;

namespace Toe;

/// <summary>One offload device: a card, or the software engine on one link. Owned by its provider; the stack disposes it when discovery no longer returns it or the stack ends. The sockets of an adapter that discovery no longer returns may be disposed after it.</summary>
/// <remarks>Control calls (<see cref="RefreshAsync"/>, <see cref="OpenAsync"/>, <see cref="ListenAsync"/>, disposal) run off the application's threads under a deadline; an answer that comes later is disposed, and the adapter is set aside.</remarks>
public interface IToeAdapter : IAsyncDisposable
{
    /// <summary>What the adapter is; the same after a reset, re-indexing or return.</summary>
    AdapterIdentity Identity { get; }

    /// <summary>The last snapshot. Never blocks: gates read only this.</summary>
    AdapterStatus Status { get; }

    /// <summary>Reads the card and renews <see cref="Status"/>. A control call.</summary>
    /// <param name="cancellationToken">Cancelled at the deadline.</param>
    ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken);

    /// <summary>Answers whether a connection to the peer would leave through this adapter, from cached state, never blocking.</summary>
    /// <param name="local">The local address asked for; null leaves it open.</param>
    /// <param name="remote">The peer. The port matters to links that know their listeners, such as the fabric.</param>
    /// <param name="host">The host's route to the peer, if the host has one and could be asked; adapters that share the host's addresses compare it with their interfaces.</param>
    /// <returns><see cref="ToeReason.None"/> when it does.</returns>
    ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host);

    /// <summary>Answers whether a listener at the local address could receive through this adapter, from cached state, never blocking.</summary>
    /// <param name="local">The address; the any-address stands for every address of the host.</param>
    /// <returns><see cref="ToeReason.None"/> when it could.</returns>
    ToeReason Serves(IPAddress local);

    /// <summary>Names the receiver of the adapter's events; called once, before anything else.</summary>
    /// <param name="events">The receiver.</param>
    void Subscribe(IAdapterEvents events);

    /// <summary>Reserves what a connection needs, and sends nothing. A control call with a short deadline.</summary>
    /// <param name="request">What is to be opened.</param>
    /// <param name="events">The receiver of the socket's events.</param>
    /// <param name="cancellationToken">Cancelled at the deadline or by the application.</param>
    ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken);

    /// <summary>Starts to listen. A control call.</summary>
    /// <param name="request">Where.</param>
    /// <param name="events">The receiver of incoming connections.</param>
    /// <param name="cancellationToken">Cancelled at the deadline or by the application.</param>
    ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken);
}
