using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Toe.Conformance;
using Toe.Emulated;

namespace Toe.Cli.Conforming;

/// <summary>Any adapter, whose peer is another machine that runs <c>toe conformance peer</c>.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The kit disposes the providers.")]
internal sealed class RemoteFixture(string name, AdapterSpec spec, IPEndPoint control, IReadOnlyList<IPAddress> addresses) : ConformanceFixture
{
    private EmulatedProvider? _last;

    public override string Substrate => $"{name}, peer {control.Address}";

    public override ConformanceFaults? Faults => _last is { Cards: [var card, ..] } ? new CardFaults(card) : null;

    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => Create(spec.Link);

    public override ValueTask<IToeProvider> CreateSmallProviderAsync(CancellationToken cancellationToken) => Create(spec.Link switch
    {
        EmulatedInterfaceOptions shared => shared with { Card = SmallTables.Of(shared.Card) },
        EmulatedTapOptions tap => tap with { Card = SmallTables.Of(tap.Card) },
        var other => other,
    });

    public override async ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
        await RemotePeer.ConnectAsync(control, addresses.Count > 0 ? addresses : [SourceTo(control)], cancellationToken).ConfigureAwait(false);

    private ValueTask<IToeProvider> Create(EmulatedLinkOptions? link) =>
        ValueTask.FromResult(link is null ? SingleProvider.Create(spec) : _last = new EmulatedProvider([link]));

    /// <summary>This host's address on the way there, by its own routes; nothing is sent.</summary>
    private static IPAddress SourceTo(IPEndPoint remote)
    {
        using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(remote);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }
}
