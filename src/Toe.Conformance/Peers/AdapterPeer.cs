using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>Another adapter as the peer, where the two reach each other: two cards of one fabric, or two ports on a cable. It is driven by the contract alone.</summary>
/// <param name="adapter">The other adapter. Owned by its provider.</param>
/// <param name="address">Its address.</param>
/// <param name="adapterAddress">The address of the adapter that is tried.</param>
/// <param name="stop">Ends everything that waits.</param>
public sealed class AdapterPeer(IToeAdapter adapter, IPAddress address, IPAddress adapterAddress, CancellationToken stop) : IConformancePeer
{
    private readonly PeerAddresses _first = new(address, adapterAddress);

    /// <summary>Addresses of the other family. Default none.</summary>
    public PeerAddresses? Second { get; init; }

    /// <inheritdoc/>
    public IPAddress AdapterAddress(AddressFamily family) => PeerAddresses.Of(family, _first, Second).Adapter;

    /// <inheritdoc/>
    public int FreePort() => 0;

    /// <inheritdoc/>
    public bool Refuses { get; init; }

    /// <inheritdoc/>
    public async ValueTask<IPeerListener> ListenAsync(AddressFamily family, CancellationToken cancellationToken)
    {
        var events = new ListenerEventLog(stop);
        var request = new AdapterListenRequest(new IPEndPoint(PeerAddresses.Of(family, _first, Second).Peer, 0), 128, ToeSocketOptions.Default);
        var result = await adapter.ListenAsync(request, events, cancellationToken);
        return result.Listener is { } listener
            ? new AdapterPeerListener(listener, events, stop)
            : throw new NotSupportedException($"The peer's adapter does not listen: {result.Refusal}");
    }

    /// <inheritdoc/>
    public async ValueTask<IPeerConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken)
    {
        var events = new SocketEventLog();
        var result = await adapter.OpenAsync(new OpenRequest(null, remote, ToeSocketOptions.Default), events, cancellationToken);
        if (result.Socket is not { } socket)
            throw new SocketException((int)SocketError.ConnectionRefused);
        var connected = await socket.ConnectAsync(cancellationToken);
        if (connected.Outcome == ConnectOutcome.Connected)
            return new AdapterPeerConnection(new TestedSocket(socket, events, [], stop));
        await socket.DisposeAsync();
        throw new SocketException((int)(connected.Outcome == ConnectOutcome.PeerAnswered ? connected.PeerError : SocketError.ConnectionRefused));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
