using System.Net;
using System.Net.Sockets;
using Toe.Adapters;
using Toe.Connections;
using Toe.Gates;
using Toe.Hosting;
using Toe.Moving;
using Toe.Policy;
using Toe.Telemetry;

namespace Toe.Connecting;

/// <summary>An active open's way through the house: policy, gates, adapters in order, host stack; one time budget for all of it.</summary>
internal sealed class Connector(StackContext context)
{
    private readonly AdapterAttempt _attempt = new(context);
    private readonly HostAttempt _host = new(context);

    public async Task<StackConnection> ConnectAsync(ToeConnectRequest request, CancellationToken cancellationToken)
    {
        request.Options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        var timeout = request.Timeout ?? context.Options.ConnectTimeout;
        if (timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(request), timeout, "A time budget is positive, or Timeout.InfiniteTimeSpan.");
        using var budget = new CancellationTokenSource(timeout, context.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget.Token, context.Stopping);
        using var observation = new ConnectObservation(context.Metrics, context.Time, request.Remote); // Behind the last that throws without telling it.
        try
        {
            await WaitForAdaptersAsync(timeout, linked.Token).ConfigureAwait(false);
            var connection = request.Remote switch
            {
                IPEndPoint ip => await ConnectAsync(request, ip, linked.Token).ConfigureAwait(false),
                DnsEndPoint dns => await ConnectAsync(request, dns, linked.Token).ConfigureAwait(false),
                _ => throw new ArgumentException($"{request.Remote.GetType().Name} is neither an IPEndPoint nor a DnsEndPoint.", nameof(request)),
            };
            observation.Connected(connection);
            return connection;
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested || context.Stopping.IsCancellationRequested)
        {
            throw observation.Failed(exception.ToCaller(cancellationToken));
        }
        catch (OperationCanceledException) when (budget.IsCancellationRequested)
        {
            throw observation.Failed(new SocketException((int)SocketError.TimedOut));
        }
        catch (Exception exception)
        {
            observation.Failed(exception);
            throw;
        }
    }

    /// <summary>The same policy and gates, without reserving or opening anything.</summary>
    public DecisionTrace Explain(ToeConnectRequest request, IPEndPoint remote)
    {
        var route = RouteTo(request, remote);
        var decision = Decide(request, remote, route, counted: false);
        if (decision.Policy.IsConflict)
            return context.Traces.Share(decision.Nowhere());
        SupervisedAdapter? first = null;
        foreach (var adapter in context.Supervisor.Adapters)
        {
            if (decision.Policy.Mode == ToeMode.Forbid)
            {
                decision.NotAsked(adapter);
                continue;
            }

            if (Ask(decision, adapter, request, remote, route, dryRun: true) is not { } gates)
                continue;
            decision.Eligible(adapter, gates);
            first ??= adapter;
        }

        var trace = first is not null ? decision.OnAdapter(first) : decision.WithoutAdapter(HostSockets.Uncontrollable(context.Supervisor.Adapters));
        return context.Traces.Share(trace);
    }

    private async Task WaitForAdaptersAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            // A provider that hangs in its first discovery may cost half of the budget, never all of it.
            await context.Supervisor.Ready.WaitAsync(timeout > TimeSpan.Zero ? timeout / 2 : timeout, context.Time, cancellationToken).ConfigureAwait(false);
            await context.Rules.ReadyAsync(context.Supervisor.Adapters, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The adapters that are known by now are asked.
        }
    }

    private async Task<StackConnection> ConnectAsync(ToeConnectRequest request, DnsEndPoint remote, CancellationToken cancellationToken)
    {
        var resolved = await Dns.GetHostAddressesAsync(remote.Host, remote.AddressFamily, cancellationToken).ConfigureAwait(false);
        var addresses = AddressOrder.Interleave(resolved);
        if (request.Local is { } local)
            addresses.RemoveAll(address => address.AddressFamily != local.AddressFamily);
        if (addresses.Count == 0)
            throw new SocketException((int)SocketError.HostNotFound);
        return await HappyEyeballs.ConnectAsync(
            addresses,
            (address, token) => ConnectAsync(request, new IPEndPoint(address, remote.Port), token),
            context.Options.ConnectionAttemptDelay, context.Time, cancellationToken).ConfigureAwait(false);
    }

    private async Task<StackConnection> ConnectAsync(ToeConnectRequest request, IPEndPoint remote, CancellationToken cancellationToken)
    {
        var route = RouteTo(request, remote);
        var decision = Decide(request, remote, route, counted: true);
        if (decision.Policy.IsConflict)
            throw new ToeOffloadRequiredException(context.Traces.Share(decision.Nowhere()));
        var adapters = context.Supervisor.Adapters;
        for (var next = 0; next < adapters.Length; next++)
        {
            if (decision.Policy.Mode == ToeMode.Forbid)
            {
                decision.NotAsked(adapters[next]);
                continue;
            }

            if (Ask(decision, adapters[next], request, remote, route, dryRun: false) is not { } gates)
                continue;
            if (adapters[next].View.Status.Capabilities.Model == OffloadModel.EstablishedState)
            {
                gates.Lease?.Release(); // The move takes its own.
                decision.Eligible(adapters[next], gates);
                foreach (var rest in adapters[(next + 1)..])
                    decision.NotAsked(rest);
                var (offloaded, refusal) = await ConnectThenOffloadAsync(decision, adapters[next], request, remote, cancellationToken).ConfigureAwait(false);
                if (offloaded is not null)
                    return offloaded;
                decision.Refused(adapters[next], gates.Answers, refusal);
                continue;
            }

            var target = RdmaEndpoint.For(adapters[next].View, remote, decision.Policy.RdmaPort) ?? remote;
            var result = await _attempt.RunAsync(
                adapters[next], gates.Lease, request, target, decision.Policy.Mode, local => CheckPolicy(request, remote, local, adapters[next].Identity), cancellationToken)
                .ConfigureAwait(false);
            if (result.Carrier is null)
            {
                decision.Refused(adapters[next], gates.Answers, result.Refusal);
                continue;
            }

            decision.Taken(adapters[next], gates);
            foreach (var rest in adapters[(next + 1)..])
                decision.NotAsked(rest);
            return OnAdapter(decision, adapters[next], result, request.Mode);
        }

        if (decision.Policy.Mode == ToeMode.Require)
            throw new ToeOffloadRequiredException(context.Traces.Share(decision.Nowhere()));
        return await _host.RunAsync(decision, request, remote, ToeReason.None, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The host makes the connection, and the adapter takes it over: at once where the mode requires it, else in the background.</summary>
    /// <returns>The connection; or, where the mode requires an adapter, why this one does not take it.</returns>
    private async Task<(StackConnection? Connection, ToeReason Refusal)> ConnectThenOffloadAsync(
        Decision decision, SupervisedAdapter adapter, ToeConnectRequest request, IPEndPoint remote, CancellationToken cancellationToken)
    {
        var connection = await _host.RunAsync(decision, request, remote, ToeReasons.CapabilityOffloadFollows, cancellationToken).ConfigureAwait(false);
        if (decision.Policy.Mode != ToeMode.Require)
        {
            context.Connections.OffloadSoon(connection, adapter.Identity.Id, refusal => FellBack(remote, refusal));
            return (connection, ToeReason.None);
        }

        try
        {
            var refusal = await context.Connections.MoveAsync(connection, new MoveOrder(adapter.Identity.Id, ToeReason.None) { IsDecided = true }, cancellationToken).ConfigureAwait(false);
            if (refusal.IsNone)
                return (connection, refusal);
            connection.Abort();
            return (null, refusal);
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }

    private void FellBack(IPEndPoint remote, ToeReason reason)
    {
        context.Fallbacks.FellBack(remote, reason);
        context.Metrics.Fallback(reason);
    }

    /// <summary>The host's route, asked once; null where nobody needs it.</summary>
    private HostRoute? RouteTo(ToeConnectRequest request, IPEndPoint remote)
    {
        foreach (var adapter in context.Supervisor.Adapters)
        {
            if (adapter.View.Status.Capabilities.Addresses != AddressModel.Fabric)
                return context.Routes.Find(request.Local?.Address, remote.Address);
        }

        return null;
    }

    /// <summary>Rules on local prefixes see the address that the route would give where the request leaves it open.</summary>
    private Decision Decide(ToeConnectRequest request, IPEndPoint remote, HostRoute? route, bool counted)
    {
        var local = request.Local is { } asked && !IsAny(asked.Address) ? asked
            : route?.Source is { } source ? new IPEndPoint(source, request.Local?.Port ?? 0)
            : request.Local;
        return new Decision(context.Policy.Decide(PolicyDirection.Connect, local, remote, request.Mode, counted));
    }

    /// <summary>The same policy once the adapter has chosen the local endpoint, which may be an address of its own.</summary>
    private ToeReason CheckPolicy(ToeConnectRequest request, IPEndPoint remote, IPEndPoint local, AdapterIdentity adapter)
    {
        var policy = context.Policy.Decide(PolicyDirection.Connect, local, remote, request.Mode, counted: false);
        return policy.Reason.IsNone ? policy.Check(adapter) : policy.Reason;
    }

    private GateResult? Ask(
        Decision decision, SupervisedAdapter adapter, ToeConnectRequest request, IPEndPoint remote, HostRoute? route, bool dryRun)
    {
        if (decision.Policy.Check(adapter.Identity) is { IsNone: false } notAllowed)
        {
            decision.Refused(adapter, [], notAllowed);
            return null;
        }

        var view = adapter.View;
        if (RdmaEndpoint.For(view, remote, decision.Policy.RdmaPort) is not { } target)
        {
            decision.NotNamed(adapter);
            return null;
        }

        var known = view.Status.Capabilities.Addresses == AddressModel.Fabric ? null : route;
        var gates = context.Gates.Ask(new GateQuestion(adapter, view, IsListen: false, request.Local, target, known, dryRun)
        {
            IsInsisted = decision.Policy.Mode == ToeMode.Require,
            AllowsBypass = decision.Policy.AllowsBypass ?? context.Options.AllowBypass,
        });
        if (!gates.Passed)
        {
            decision.Refused(adapter, gates.Answers, gates.Refusal);
            return null;
        }

        if (!RdmaEndpoint.IsRdma(view) || decision.Policy.Mode == ToeMode.Require || !context.SilentPeers.Contains(target, context.Options.ProbeInterval))
            return gates;
        gates.Lease?.Release();
        decision.Refused(adapter, gates.Answers, ToeReasons.PeerNoRdma.With($"{target} did not answer lately"));
        return null;
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private StackConnection OnAdapter(Decision decision, SupervisedAdapter adapter, AttemptResult result, ToeMode? requested)
    {
        context.Fallbacks.Offloaded();
        var trace = context.Traces.Share(decision.OnAdapter(adapter));
        var placement = new Placement(
            adapter.Identity.Id, adapter.View.Status.Capabilities.Model, result.Carrier!.GetInfo().Confidence, trace.Reason, context.Time.GetUtcNow());
        var connection = new StackConnection(context.Connections, result.Carrier, placement, trace, result.Downgrades) { Requested = requested };
        context.Connections.Arrived(connection);
        return connection;
    }
}
