using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>
/// Steers chosen TCP connections and listeners of an interface to a TAP device, and what is written to that device onto the interface; all else stays
/// untouched. It ends with this object, at the latest with the process, however that ends. Any thread. Needs Linux 6.6 (tcx), CAP_NET_ADMIN and CAP_BPF
/// to attach, nothing afterwards.
/// </summary>
/// <remarks>
/// What arrives for a steered connection, fragments with its ports and segments with IP options among it, comes out of the device with its Ethernet
/// header. So does a copy of each ICMP error about one. A frame written to the device whose destination address is zero is sent on the interface; the
/// kernel finds its next hop and resolves it. One with another destination address is received by the kernel, past the steering.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed class FlowSteering : IDisposable
{
    private readonly BpfMap _flows;
    private readonly BpfMap _listeners;
    private readonly List<TcxLink> _links = [];

    private FlowSteering(int flows, int listeners)
    {
        _flows = new BpfMap(FlowKey.Length, sizeof(int), flows);
        try
        {
            _listeners = new BpfMap(ListenerKey.Length, sizeof(int), listeners);
        }
        catch
        {
            _flows.Dispose();
            throw;
        }
    }

    private static ReadOnlySpan<byte> Present => [1, 0, 0, 0];

    /// <summary>Attaches. Nothing is steered yet.</summary>
    /// <param name="interfaceIndex">The interface that is shared; it carries Ethernet.</param>
    /// <param name="deviceIndex">The TAP device.</param>
    /// <param name="flows">The most connections steered at once, at least 1. Memory is taken for those that are.</param>
    /// <param name="listeners">The most listeners steered at once, at least 1.</param>
    /// <exception cref="LinuxException">The kernel has no tcx, the process lacks a capability, or an interface is gone; the remedy says which.</exception>
    public static FlowSteering Attach(int interfaceIndex, int deviceIndex, int flows, int listeners)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(flows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(listeners, 1);
        var steering = new FlowSteering(flows, listeners);
        try
        {
            // Of this attachment alone: several programs may share an interface, and none may take another's packets for its own.
            var givenBack = Random.Shared.Next(1, int.MaxValue);
            steering._links.Add(new TcxLink(TransmitProgram.Assemble(interfaceIndex, givenBack), deviceIndex, TcxHook.Ingress));
            steering._links.Add(new TcxLink(ResetGuardProgram.Assemble(steering._flows, deviceIndex), interfaceIndex, TcxHook.Egress));
            steering._links.Add(new TcxLink(IngressProgram.Assemble(steering._flows, steering._listeners, deviceIndex, givenBack), interfaceIndex, TcxHook.Ingress));
            return steering;
        }
        catch
        {
            steering.Dispose();
            throw;
        }
    }

    /// <summary>Steers a connection. One that is steered already stays so.</summary>
    /// <param name="local">Its endpoint on this host.</param>
    /// <param name="remote">Its peer, of the same family.</param>
    /// <returns>False when the table is full, or the steering has ended.</returns>
    /// <exception cref="ArgumentException">The endpoints are not of one family.</exception>
    public bool TrySteer(IPEndPoint local, IPEndPoint remote)
    {
        Span<byte> key = stackalloc byte[FlowKey.Length];
        WriteKey(key, local, remote);
        return _flows.TrySet(key, Present);
    }

    /// <summary>Gives a connection's segments to the kernel again. Those on their way come out of the device still.</summary>
    /// <param name="local">Its endpoint on this host.</param>
    /// <param name="remote">Its peer.</param>
    /// <exception cref="ArgumentException">The endpoints are not of one family.</exception>
    public void Unsteer(IPEndPoint local, IPEndPoint remote)
    {
        Span<byte> key = stackalloc byte[FlowKey.Length];
        WriteKey(key, local, remote);
        _flows.Remove(key);
    }

    /// <summary>Steers the SYNs to an endpoint, except those of connections that the kernel has begun.</summary>
    /// <param name="local">The endpoint; the family's any-address for all addresses.</param>
    /// <returns>False when the table is full, or the steering has ended.</returns>
    public bool TrySteerListener(IPEndPoint local)
    {
        Span<byte> key = stackalloc byte[ListenerKey.Length];
        WriteKey(key, local);
        return _listeners.TrySet(key, Present);
    }

    /// <summary>Gives the SYNs to an endpoint to the kernel again.</summary>
    /// <param name="local">The endpoint.</param>
    public void UnsteerListener(IPEndPoint local)
    {
        Span<byte> key = stackalloc byte[ListenerKey.Length];
        WriteKey(key, local);
        _listeners.Remove(key);
    }

    /// <summary>Takes the programs off, and the tables with them.</summary>
    public void Dispose()
    {
        // What finds the way to the device last is what may be lost: so that end first.
        for (var index = _links.Count - 1; index >= 0; index--)
            _links[index].Dispose();
        _flows.Dispose();
        _listeners.Dispose();
    }

    private static void WriteKey(Span<byte> key, IPEndPoint local, IPEndPoint remote)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(remote);
        if (local.AddressFamily != remote.AddressFamily || local.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
            throw new ArgumentException($"{local} and {remote} are not endpoints of one connection.", nameof(remote));
        FlowKey.Write(key, local, remote);
    }

    private static void WriteKey(Span<byte> key, IPEndPoint local)
    {
        ArgumentNullException.ThrowIfNull(local);
        ListenerKey.Write(key, local);
    }
}
