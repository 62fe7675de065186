using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>The host's loopback interface as an adapter. Owns the thread that watches its sockets.</summary>
internal sealed class HostSocketAdapter : IToeAdapter
{
    private readonly SocketWatch _watch = new();

    public AdapterIdentity Identity { get; } = new() { Id = "host:sockets", Provider = "host", Model = "sockets", Evidence = EvidenceLevel.E3, Interfaces = ["lo"] };

    public AdapterStatus Status { get; } = new(
        AdapterHealth.Healthy, FirmwareText: null, Firmware: null,
        new AdapterCapabilities(
            OffloadModel.FullConnection, AddressModel.SharedWithHost, Facts.Queried(HostBypass.None),
            Facts.Queried(AdapterFeatures.ActiveOpen | AdapterFeatures.PassiveOpen | AdapterFeatures.IPv4 | AdapterFeatures.IPv6)),
        []);

    public ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Status);
    }

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host) => ToeReason.None;

    public ToeReason Serves(IPAddress local) => ToeReason.None;

    public void Subscribe(IAdapterEvents events)
    {
        // Nothing ever changes.
    }

    public ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var socket = Create(request.Remote.AddressFamily);
        try
        {
            if (request.Local is { } local)
                socket.Bind(local);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            var reason = exception.SocketErrorCode == SocketError.AddressNotAvailable ? ToeReasons.RouteLocalAddress : ToeReasons.RouteTupleInUse;
            return ValueTask.FromResult(OpenResult.Refused(reason.With(exception.Message)));
        }

        return ValueTask.FromResult(OpenResult.Opened(new HostSocket(socket, request.Remote, events, _watch), Downgrades(request.Options)));
    }

    public ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var socket = Create(request.Local.AddressFamily);
        try
        {
            socket.Bind(request.Local);
            socket.Listen(request.Backlog);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            return ValueTask.FromResult(ListenResult.Refused(ToeReasons.RouteTupleInUse.With(exception.Message)));
        }

        return ValueTask.FromResult(ListenResult.Listening(new HostSocketListener(socket, events, _watch), Downgrades(request.Options)));
    }

    public ValueTask DisposeAsync()
    {
        _watch.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>.NET's sockets have no option for the algorithm.</summary>
    private static ToeReason[]? Downgrades(ToeSocketOptions options) =>
        options.CongestionControl is { } algorithm ? [ToeReasons.CapabilityCongestionControl.With(algorithm)] : null;

    private static Socket Create(AddressFamily family) => new(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
}
