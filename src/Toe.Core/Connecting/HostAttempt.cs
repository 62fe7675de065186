using System.Net;
using System.Net.Sockets;
using Toe.Connections;
using Toe.Gates;
using Toe.Hosting;

namespace Toe.Connecting;

/// <summary>The attempt on the host stack: the last candidate of every open that may use it.</summary>
internal sealed class HostAttempt(StackContext context)
{
    /// <summary>Connects.</summary>
    /// <param name="decision">The answers so far.</param>
    /// <param name="request">The request.</param>
    /// <param name="remote">The peer.</param>
    /// <param name="cause">Why the host, where no refusal says so.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<StackConnection> RunAsync(
        Decision decision, ToeConnectRequest request, IPEndPoint remote, ToeReason cause, CancellationToken cancellationToken)
    {
        var downgrades = new List<ToeReason>();
        var local = HostLocal(request.Local, downgrades);
        var socket = HostSockets.Create(remote.AddressFamily, request.Options, downgrades);
        try
        {
            var uncontrolled = HostSockets.KeepOff(socket, context.Supervisor.Adapters);
            if (!uncontrolled.IsNone && decision.Policy.Mode == ToeMode.Forbid)
                throw new ToeOffloadRequiredException(context.Traces.Share(decision.Nowhere(uncontrolled)));
            await HostSockets.ConnectAsync(socket, local, remote, cancellationToken).ConfigureAwait(false);
            return Connected(decision, request, remote, socket, uncontrolled.IsNone ? cause : uncontrolled, uncontrolled, downgrades);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private StackConnection Connected(
        Decision decision, ToeConnectRequest request, IPEndPoint remote, Socket socket, ToeReason cause, ToeReason uncontrolled, List<ToeReason> downgrades)
    {
        var trace = context.Traces.Share(decision.OnHost(cause));
        if (!decision.FirstRefusal.IsNone)
        {
            if (!WorthGate.IsChoice(trace.Reason))
                context.Fallbacks.FellBack(remote, trace.Reason);
            context.Metrics.Fallback(trace.Reason);
        }

        var confidence = uncontrolled.IsNone ? OffloadConfidence.NotOffloaded : OffloadConfidence.Unknown;
        var placement = new Placement(null, null, confidence, trace.Reason, context.Time.GetUtcNow());
        return new StackConnection(context.Connections, new HostCarrier(socket, remote), placement, trace, downgrades) { Requested = request.Mode };
    }

    /// <summary>An address that only an adapter owns cannot be bound on the host: the source address changes, which is a downgrade.</summary>
    private IPEndPoint? HostLocal(IPEndPoint? local, List<ToeReason> downgrades)
    {
        if (local is null)
            return null;
        foreach (var adapter in context.Supervisor.Adapters)
        {
            if (!adapter.Owns(local.Address))
                continue;
            downgrades.Add(ToeReasons.RouteLocalAddress.With($"{local.Address} belongs to {adapter.Identity.Id}; the host's own address is used"));
            return null;
        }

        return local;
    }
}
