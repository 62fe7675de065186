using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Adapters;
using Toe.Connecting;
using Toe.Connections;
using Toe.Linux;

namespace Toe.Moving;

/// <summary>A move to the host stack: into a kernel socket.</summary>
[SupportedOSPlatform("linux")]
internal sealed class HostDestination(SupervisedAdapter? source, TcpTuple tuple, AdapterSupervisor supervisor, IConnectionTracking tracking) : IMoveDestination
{
    private readonly List<ToeReason> _downgrades = [];
    private ImportedTcpSocket? _imported;
    private TcpConnectionState? _state;

    public IReadOnlyList<ToeReason> Downgrades => _downgrades;

    public Task<ToeReason> PrepareAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Refusal());
    }

    public Task<ToeReason> ImportAsync(TcpConnectionState state, CancellationToken cancellationToken)
    {
        _state = state;
        return Task.FromResult(TcpRepair.TryImport(state, out _imported));
    }

    public Task<Carrier> ActivateAsync()
    {
        try
        {
            var socket = _imported!.Activate();
            Apply(socket);
            return Task.FromResult<Carrier>(new HostCarrier(socket, tuple.Remote) { IsSendingCompleted = IsCompleted(_state!.State) });
        }
        catch (Exception exception) when (exception is LinuxException or SocketException)
        {
            throw new MoveRefusedException(ToeReasons.CapabilityMove.With(exception.Message));
        }
    }

    public void Abandon() => _imported?.Dispose();

    public Placement PlacementOf(Carrier carrier, ToeReason cause, DateTimeOffset since) => new(
        null, null, HostSockets.Uncontrolled(supervisor.Adapters).IsNone ? OffloadConfidence.NotOffloaded : OffloadConfidence.Unknown, cause, since);

    private static bool IsCompleted(TcpState state) => state is TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing or TcpState.LastAck;

    private ToeReason Refusal()
    {
        if (source is not null && source.View.Status.Capabilities.Addresses != AddressModel.SharedWithHost)
            return ToeReasons.CapabilityMove.With($"{tuple.Local.Address} is an address of {source.Identity.Id}, which the host stack does not have");
        return TcpRepair.Refusal is { IsNone: false } refusal ? refusal : tracking.Follow(tuple);
    }

    private void Apply(Socket socket)
    {
        if (_state is { Options.ReceiveBuffer: not null } or { Options.SendBuffer: not null })
            _downgrades.Add(ToeReasons.CapabilityBufferSize.With("the kernel tunes its buffers itself, from what the peer was promised on"));
        if (_state is { CongestionWindow: not null } or { SmoothedRoundTripTime: not null })
            _downgrades.Add(ToeReasons.CapabilityMove.With("the kernel begins with a congestion window and round-trip times of its own"));
        try
        {
            HostSockets.Apply(socket, _state!.Options with { ReceiveBuffer = null, SendBuffer = null }, _downgrades);
        }
        catch (SocketException exception)
        {
            _downgrades.Add(ToeReasons.CapabilitySocketOption.With(exception.Message)); // The peer may have reset the connection just now.
        }
    }
}
