using System.Net;
using System.Runtime.Versioning;
using Toe.Emulated.Links;
using Toe.Linux;

namespace Toe.Emulated;

/// <summary>
/// The connections that are steered to a link, each as long as somebody needs it: a handshake, a connection, or one in TIME-WAIT whose name the next
/// connection has already. Any thread.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SteeredFlows(InterfaceLink link)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(IPEndPoint Local, IPEndPoint Remote), Steered> _flows = [];

    /// <summary>Takes a connection that this side opens, or one more need of a steered one. Its port is kept from the host.</summary>
    /// <returns>False when the host has the port, or the table is full.</returns>
    public bool TryOpen(IPEndPoint local, IPEndPoint remote)
    {
        lock (_lock)
        {
            if (TryShare(local, remote))
                return true;
            return TryReserve(local) is { } port && TrySteer(local, remote, port);
        }
    }

    private static PortReservation? TryReserve(IPEndPoint local)
    {
        try
        {
            return PortReservation.TryTake(local);
        }
        catch (LinuxException)
        {
            return null; // An address that is not the host's, or no descriptors left: nothing that a connection could be opened with.
        }
    }

    /// <summary>Takes a connection that a peer opens. Its port is the listener's, which the host has too.</summary>
    /// <returns>False when the table is full.</returns>
    public bool TryAdmit(IPEndPoint local, IPEndPoint remote)
    {
        lock (_lock)
            return TryShare(local, remote) || TrySteer(local, remote, port: null);
    }

    /// <summary>Takes a connection over that the host has. Its port stays taken when the host's socket is gone.</summary>
    /// <returns>Why not.</returns>
    public ToeReason TryDivert(IPEndPoint local, IPEndPoint remote)
    {
        lock (_lock)
        {
            if (_flows.ContainsKey((local, remote)))
                return ToeReasons.RouteTupleInUse.With($"{local} to {remote} is steered already");
            try
            {
                return TrySteer(local, remote, PortReservation.Join(local))
                    ? ToeReason.None
                    : ToeReasons.ResourceConnections.With("as many connections are steered as may be");
            }
            catch (LinuxException exception)
            {
                var reason = exception.ErrorName is "EPERM" or "EACCES" ? ToeReasons.EnvironmentPrivilege : ToeReasons.ResourceOther;
                return reason.With($"the port {local.Port} cannot be kept: {exception.Message}");
            }
        }
    }

    public void Release(IPEndPoint local, IPEndPoint remote)
    {
        lock (_lock)
        {
            if (!_flows.TryGetValue((local, remote), out var steered) || --steered.Needs > 0)
                return;
            _flows.Remove((local, remote));
            link.Unsteer(local, remote);
            steered.Port?.Dispose();
        }
    }

    private bool TryShare(IPEndPoint local, IPEndPoint remote)
    {
        if (!_flows.TryGetValue((local, remote), out var steered))
            return false;
        steered.Needs++;
        return true;
    }

    private bool TrySteer(IPEndPoint local, IPEndPoint remote, PortReservation? port)
    {
        if (!link.TrySteer(local, remote))
        {
            port?.Dispose();
            return false;
        }

        _flows.Add((local, remote), new Steered { Port = port, Needs = 1 });
        return true;
    }

    private sealed class Steered
    {
        public required PortReservation? Port { get; init; }

        public int Needs { get; set; }
    }
}
