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

    public ToeReason Serves(IPAddress local) =>
        IPAddress.IsLoopback(local) || local.Equals(IPAddress.Any) || local.Equals(IPAddress.IPv6Any) ? ToeReason.None : ToeReasons.RouteLocalAddress;

    public void Subscribe(IAdapterEvents events)
    {
        // Nothing ever changes.
    }

    public ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var socket = Create(request.Remote.AddressFamily, request.Options, out var downgrades);
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

        return ValueTask.FromResult(OpenResult.Opened(new HostSocket(socket, request.Remote, events, _watch), downgrades));
    }

    public ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var socket = Create(request.Local.AddressFamily, request.Options, out var downgrades);
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

        return ValueTask.FromResult(ListenResult.Listening(new HostSocketListener(socket, request.Options.NoDelay, events, _watch), downgrades));
    }

    public ValueTask DisposeAsync()
    {
        _watch.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>.NET's sockets have no option for the algorithm, and none for the time-out; the kernel caps buffers.</summary>
    private static Socket Create(AddressFamily family, ToeSocketOptions options, out IReadOnlyList<ToeReason>? downgrades)
    {
        options.Validate();
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = options.NoDelay };
        var told = new List<ToeReason>();
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, options.KeepAlive);
        if (options.SendBuffer is { } send && (socket.SendBufferSize = send) > socket.SendBufferSize)
            told.Add(ToeReasons.CapabilityBufferSize.With($"{socket.SendBufferSize} bytes"));
        if (options.ReceiveBuffer is { } receive && (socket.ReceiveBufferSize = receive) > socket.ReceiveBufferSize)
            told.Add(ToeReasons.CapabilityBufferSize.With($"{socket.ReceiveBufferSize} bytes"));
        if (options.TrafficClass is { } octet && family == AddressFamily.InterNetwork)
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, octet);
        else if (options.TrafficClass is not null)
            told.Add(ToeReasons.CapabilitySocketOption.With(nameof(ToeSocketOptions.TrafficClass)));
        if (options.UserTimeout is not null)
            told.Add(ToeReasons.CapabilitySocketOption.With(nameof(ToeSocketOptions.UserTimeout)));
        if (options.CongestionControl is { } algorithm)
            told.Add(ToeReasons.CapabilityCongestionControl.With(algorithm));
        downgrades = told;
        return socket;
    }
}
