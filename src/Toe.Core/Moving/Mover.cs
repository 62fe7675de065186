using Microsoft.Extensions.Options;
using Toe.Adapters;
using Toe.Connecting;
using Toe.Connections;
using Toe.Gates;
using Toe.Policy;
using Toe.Telemetry;

namespace Toe.Moving;

/// <summary>Moves established connections between adapters and the host stack: Prepare, Freeze, Import, Activate, Release. Until Activate any failure leaves the connection where it was; after it there is no way back.</summary>
internal sealed class Mover(
    IOptionsMonitor<ToeOptions> options, PolicyEngine policy, AdapterSupervisor supervisor, SupervisionContext supervision, IHostRoutes routes,
    GateKeeper gates, IConnectionTracking tracking, ToeMetrics metrics, TimeProvider time)
{
    /// <summary>Moves.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="order">Where to, and why.</param>
    /// <param name="cancellationToken">Ends the attempt until the state is imported.</param>
    /// <returns><see cref="ToeReason.None"/> when the connection runs there, else why not; it then runs on where it was.</returns>
    public async ValueTask<ToeReason> MoveAsync(StackConnection connection, MoveOrder order, CancellationToken cancellationToken)
    {
        var from = connection.Carrier.Adapter?.Provider;
        var refusal = await TryMoveAsync(connection, order, cancellationToken).ConfigureAwait(false);
        if (!refusal.IsNone)
            metrics.MoveRefused(from, ProviderOf(order), refusal);
        return refusal;
    }

    /// <summary>The mode that policy and the connection's request give it now.</summary>
    public ToeMode ModeOf(StackConnection connection) => Decide(connection, connection.Requested).Mode;

    /// <summary>Why policy does not allow the connection where it runs; <see cref="ToeReason.None"/> when it does. Of connections that policy names by another port it says nothing.</summary>
    public ToeReason PolicyAgainst(StackConnection connection)
    {
        if (connection.Carrier.Adapter is not { } adapter || connection.Placement.Model == OffloadModel.Rdma)
            return ToeReason.None;
        var decided = Decide(connection, connection.Requested);
        return decided.Reason.IsNone ? decided.Check(adapter) : decided.Reason;
    }

    /// <summary>Why an adapter would not be given the connection without anybody asking; <see cref="ToeReason.None"/> when it would. Reserves nothing.</summary>
    public ToeReason Check(StackConnection connection, SupervisedAdapter adapter) =>
        MayMove(connection, adapter, new MoveOrder(adapter.Identity.Id, ToeReason.None), isDryRun: true, out _);

    /// <summary>A connection that had left the host stack still runs elsewhere.</summary>
    public void KeepTracked(TcpTuple tuple) => tracking.Follow(tuple);

    /// <summary>A connection that had left the host stack has ended.</summary>
    public void Ended(TcpTuple tuple) => tracking.End(tuple);

    private async Task<ToeReason> TryMoveAsync(StackConnection connection, MoveOrder order, CancellationToken cancellationToken)
    {
        var move = await connection.BeginMoveAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (order.From is not null && order.From != connection.Carrier)
                return ToeReasons.CapabilityMove.With("it runs elsewhere by now");
            if (connection.Placement.AdapterId == order.AdapterId)
                return ToeReason.None;
            if (connection.Carrier is not IMovableCarrier source)
                return ToeReasons.CapabilityMove.With("this carrier does not give connections up");
            if (source.GiveUpRefusal is { IsNone: false } stays)
                return stays;
            await LeftBehindAsync(connection, cancellationToken).ConfigureAwait(false);
            var (destination, refusal) = order.IsToHost ? OnHost(connection) : OnAdapter(connection, order);
            return destination is null
                ? refusal
                : await MoveAsync(connection, move, source, destination, order, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AdapterFaultException or MoveRefusedException)
        {
            return ReasonOf(exception);
        }
        finally
        {
            connection.EndMove(move);
        }
    }

    private string? ProviderOf(MoveOrder order) => order.IsToHost ? null : supervisor.Find(order.AdapterId!)?.Identity.Provider ?? "unknown";

    private static ToeReason ReasonOf(Exception exception) =>
        exception is MoveRefusedException refused ? refused.Reason : AdapterFaultException.From(exception).Reason;

    private (IMoveDestination? Destination, ToeReason Refusal) OnHost(StackConnection connection)
    {
        if (!OperatingSystem.IsLinux())
            return (null, ToeReasons.EnvironmentOperatingSystem.With("only Linux takes connections over"));
        var source = connection.Placement.AdapterId is { } id ? supervisor.Find(id) : null;
        return (new HostDestination(source, connection.Tuple, supervisor, tracking), ToeReason.None);
    }

    private (IMoveDestination? Destination, ToeReason Refusal) OnAdapter(StackConnection connection, MoveOrder order)
    {
        if (supervisor.Find(order.AdapterId!) is not { } adapter)
            return (null, ToeReasons.EnvironmentNoAdapter.With($"no adapter '{order.AdapterId}'"));
        var refusal = MayMove(connection, adapter, order, isDryRun: false, out var lease);
        return refusal.IsNone
            ? (new AdapterDestination(adapter, (IImportsState)adapter.Adapter, lease, connection.Tuple, supervision), refusal)
            : (null, refusal);
    }

    private async Task<ToeReason> MoveAsync(
        StackConnection connection, ConnectionMove move, IMovableCarrier source, IMoveDestination destination, MoveOrder order, CancellationToken cancellationToken)
    {
        var refusal = await destination.PrepareAsync(cancellationToken).ConfigureAwait(false);
        if (!refusal.IsNone)
            return refusal;
        IMoveSource frozen;
        long since;
        try
        {
            refusal = source.PrepareToGiveUp(tracking);
            if (!refusal.IsNone)
            {
                destination.Abandon();
                return refusal;
            }

            connection.Suspend(move, source);
            await move.Quiet.WaitAsync(options.CurrentValue.ControlDeadline, time, cancellationToken).ConfigureAwait(false);
            since = time.GetTimestamp();
            frozen = await source.FreezeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            destination.Abandon();
            source.Resume();
            if (exception is TimeoutException)
                return ToeReasons.InternalProviderLate.With("a data call did not return");
            throw;
        }

        TcpConnectionState state;
        try
        {
            state = StateOf(frozen);
            refusal = await destination.ImportAsync(state, cancellationToken).ConfigureAwait(false);
            if (refusal.IsNone)
                refusal = source.CheckFrozen(frozen);
        }
        catch
        {
            await GoBackAsync(source, frozen, destination).ConfigureAwait(false);
            throw;
        }

        if (!refusal.IsNone)
        {
            await GoBackAsync(source, frozen, destination).ConfigureAwait(false);
            return refusal;
        }

        if (order.IsAsked)
            connection.Requested = null; // From here on it is where somebody wants it.
        var from = connection.Carrier.Adapter?.Provider;
        await RunThereAsync(connection, source, frozen, destination, order.Cause).ConfigureAwait(false);
        metrics.Moved(from, connection.Carrier.Adapter?.Provider, time.GetElapsedTime(since), state.SendQueue.Length + (long)state.ReceiveQueue.Length);
        return ToeReason.None;
    }

    private async Task RunThereAsync(StackConnection connection, IMovableCarrier source, IMoveSource frozen, IMoveDestination destination, ToeReason cause)
    {
        Carrier carrier;
        try
        {
            carrier = await destination.ActivateAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AdapterFaultException or MoveRefusedException)
        {
            // Nobody knows whether the target has sent something: neither side may go on.
            connection.Lose(ReasonOf(exception));
            source.Resume();
            _ = source.GiveUp(frozen);
            destination.Abandon();
            throw;
        }

        connection.Continue(carrier);
        connection.LeftBehind = source.GiveUp(frozen); // Before anything else: what arrived meanwhile is handed on by this.
        connection.ChangePlacement(destination.PlacementOf(carrier, cause, time.GetUtcNow()));
        connection.Add(destination.Downgrades);
        metrics.Downgraded(destination.Downgrades);
    }

    private async Task LeftBehindAsync(StackConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.LeftBehind.WaitAsync(options.CurrentValue.ControlDeadline, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The target says whether it can take what somebody else still has.
        }
    }

    /// <summary>The move failed: the connection runs on where it was.</summary>
    private static async Task GoBackAsync(IMovableCarrier source, IMoveSource frozen, IMoveDestination destination)
    {
        destination.Abandon();
        await source.ThawAsync(frozen).ConfigureAwait(false);
        source.Resume();
    }

    /// <summary>The same policy and gates as for an open.</summary>
    private ToeReason MayMove(StackConnection connection, SupervisedAdapter target, MoveOrder order, bool isDryRun, out BudgetLease? lease)
    {
        lease = null;
        var (local, remote) = (connection.LocalEndPoint, connection.RemoteEndPoint);
        if (CanTake(connection, target) is { IsNone: false } unable)
            return unable;
        var decided = Decide(connection, order.IsAsked ? null : connection.Requested);
        if (!decided.Reason.IsNone)
            return decided.Reason;
        if (decided.Check(target.Identity) is { IsNone: false } notAllowed)
            return notAllowed;
        var view = target.View;
        var route = view.Status.Capabilities.Addresses == AddressModel.Fabric ? null : routes.Find(local.Address, remote.Address);
        var answer = gates.Ask(new GateQuestion(target, view, IsListen: false, local, remote, route, isDryRun)
        {
            IsMove = true,
            IsInsisted = order.IsAsked || order.IsDecided || decided.Mode == ToeMode.Require,
            AllowsBypass = decided.AllowsBypass ?? options.CurrentValue.AllowBypass,
        });
        lease = answer.Lease;
        return answer.Refusal;
    }

    private static ToeReason CanTake(StackConnection connection, SupervisedAdapter target)
    {
        if (target.Adapter is not IImportsState)
            return ToeReasons.CapabilityMove.With($"{target.Identity.Id} does not take connections over");
        return connection.Placement.AdapterId is null && target.View.Status.Capabilities.Addresses != AddressModel.SharedWithHost
            ? ToeReasons.CapabilityMove.With($"{connection.LocalEndPoint.Address} is the host's address, which {target.Identity.Id} does not have")
            : ToeReason.None;
    }

    private PolicyDecision Decide(StackConnection connection, ToeMode? requested) =>
        policy.Decide(connection.Direction, connection.LocalEndPoint, connection.RemoteEndPoint, requested, counted: false);

    private static TcpConnectionState StateOf(IMoveSource frozen)
    {
        try
        {
            return frozen.State ?? throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("a frozen connection has no state"));
        }
        catch (Exception exception)
        {
            throw AdapterFaultException.From(exception);
        }
    }
}
