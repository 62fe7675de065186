using Microsoft.Extensions.Options;
using Toe.Adapters;
using Toe.Connecting;
using Toe.Connections;
using Toe.Gates;
using Toe.Policy;

namespace Toe.Moving;

/// <summary>Moves established connections from one adapter to another: Prepare, Freeze, Import, Activate, Release. Until Activate any failure leaves the connection where it was; after it there is no way back.</summary>
internal sealed class Mover(
    IOptionsMonitor<ToeOptions> options, PolicyEngine policy, AdapterSupervisor supervisor, SupervisionContext supervision, IHostRoutes routes,
    HostRulesMonitor rules, TimeProvider time)
{
    private readonly GateKeeper _gates = GateKeeper.Standard(() => options.CurrentValue, rules);

    /// <summary>Moves.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="adapterId">Where to; null for the host stack.</param>
    /// <param name="cause">Why, for the new placement.</param>
    /// <param name="cancellationToken">Ends the attempt until the state is imported.</param>
    /// <returns><see cref="ToeReason.None"/> when the connection runs there, else why not; it then runs on where it was.</returns>
    public async ValueTask<ToeReason> MoveAsync(StackConnection connection, string? adapterId, ToeReason cause, CancellationToken cancellationToken)
    {
        var move = await connection.BeginMoveAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (connection.Placement.AdapterId == adapterId)
                return ToeReason.None;
            if (connection.Carrier is not IMovableCarrier { CanGiveUp: true } source)
                return ToeReasons.CapabilityMove.With($"{connection.Carrier.Adapter?.Id ?? "the host stack"} does not give connections up");
            if (adapterId is null)
                return ToeReasons.CapabilityMove.With("the host stack does not take connections over");
            if (supervisor.Find(adapterId) is not { } target)
                return ToeReasons.EnvironmentNoAdapter.With($"no adapter '{adapterId}'");
            if (target.Adapter is not IImportsState importer)
                return ToeReasons.CapabilityMove.With($"{adapterId} does not take connections over");
            return await MoveAsync(connection, move, source, target, importer, cause, cancellationToken).ConfigureAwait(false);
        }
        catch (AdapterFaultException fault)
        {
            return fault.Reason;
        }
        finally
        {
            connection.EndMove(move);
        }
    }

    private async Task<ToeReason> MoveAsync(
        StackConnection connection, ConnectionMove move, IMovableCarrier source, SupervisedAdapter adapter, IImportsState importer, ToeReason cause,
        CancellationToken cancellationToken)
    {
        var refusal = MayMove(connection, adapter, out var lease);
        if (!refusal.IsNone)
            return refusal;
        await LeftBehindAsync(connection, cancellationToken).ConfigureAwait(false);
        (var target, refusal) = await PrepareAsync(connection, adapter, importer, lease, cancellationToken).ConfigureAwait(false);
        if (target is null)
            return refusal;
        IMoveSource frozen;
        try
        {
            connection.Suspend(move, source);
            await move.Quiet.WaitAsync(options.CurrentValue.ControlDeadline, time, cancellationToken).ConfigureAwait(false);
            frozen = await source.FreezeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            target.Abandon();
            source.Resume();
            if (exception is TimeoutException)
                return ToeReasons.InternalProviderLate.With("a data call did not return");
            throw;
        }

        try
        {
            var state = StateOf(frozen);
            refusal = await adapter.CallAsync(token => target.Place.ImportAsync(state, token), static _ => { }, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await GoBackAsync(source, frozen, target).ConfigureAwait(false);
            throw;
        }

        if (!refusal.IsNone)
        {
            await GoBackAsync(source, frozen, target).ConfigureAwait(false);
            return refusal;
        }

        Carrier carrier;
        try
        {
            carrier = await ActivateAsync(target).ConfigureAwait(false);
        }
        catch (AdapterFaultException fault)
        {
            // Nobody knows whether the target has sent something: neither side may go on.
            connection.Lose(fault.Reason);
            source.Resume();
            _ = source.GiveUp(frozen);
            target.Abandon();
            throw;
        }

        connection.Continue(carrier);
        connection.ChangePlacement(new Placement(
            adapter.Identity.Id, adapter.View.Status.Capabilities.Model, carrier.GetInfo().Confidence, cause, time.GetUtcNow()));
        connection.LeftBehind = source.GiveUp(frozen);
        return ToeReason.None;
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

    private static async Task<(MoveDestination? Target, ToeReason Refusal)> PrepareAsync(
        StackConnection connection, SupervisedAdapter adapter, IImportsState importer, BudgetLease? lease, CancellationToken cancellationToken)
    {
        var tuple = new TcpTuple(connection.LocalEndPoint, connection.RemoteEndPoint);
        var events = new CarrierEvents();
        var life = adapter.Life; // Before the call: what the adapter holds for us ends with this life.
        try
        {
            var prepared = await adapter.CallAsync(
                token => PrepareAsync(importer, tuple, events, token), late => Abandon(adapter, late.Place), cancellationToken).ConfigureAwait(false);
            if (prepared.Place is not { } place)
            {
                lease?.Release();
                return (null, prepared.Refusal);
            }

            lease?.Settle();
            return (new MoveDestination(adapter, life, place, events), ToeReason.None);
        }
        catch
        {
            lease?.Release();
            throw;
        }
    }

    private static async ValueTask<PrepareResult> PrepareAsync(
        IImportsState importer, TcpTuple tuple, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        var prepared = await importer.PrepareAsync(tuple, events, cancellationToken).ConfigureAwait(false);
        return prepared.Place is null && prepared.Refusal.IsNone
            ? throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("PrepareAsync answered neither a place nor a refusal"))
            : prepared;
    }

    private static void Abandon(SupervisedAdapter adapter, IMoveTarget? place)
    {
        if (place is not null)
            _ = adapter.CloseInBackground(place.AbandonAsync);
    }

    private async Task<Carrier> ActivateAsync(MoveDestination target)
    {
        var adapter = target.Adapter;
        var socket = await adapter.CallAsync(_ => target.Place.ActivateAsync(), adapter.Discard, CancellationToken.None).ConfigureAwait(false);
        try
        {
            return Carrier.On(adapter, target.Life, socket, target.Events, supervision);
        }
        catch (Exception exception)
        {
            var fault = AdapterFaultException.From(exception);
            adapter.ReportFault(fault);
            adapter.Discard(socket);
            throw fault;
        }
    }

    /// <summary>The move failed: the connection runs on where it was.</summary>
    private static async Task GoBackAsync(IMovableCarrier source, IMoveSource frozen, MoveDestination target)
    {
        target.Abandon();
        await source.ThawAsync(frozen).ConfigureAwait(false);
        source.Resume();
    }

    /// <summary>The same policy and gates as for an open.</summary>
    private ToeReason MayMove(StackConnection connection, SupervisedAdapter target, out BudgetLease? lease)
    {
        lease = null;
        var (local, remote) = (connection.LocalEndPoint, connection.RemoteEndPoint);
        var decided = policy.Decide(connection.Direction, local, remote, requested: null, counted: false);
        if (!decided.Reason.IsNone)
            return decided.Reason;
        if (decided.Check(target.Identity) is { IsNone: false } notAllowed)
            return notAllowed;
        var view = target.View;
        var route = view.Status.Capabilities.Addresses == AddressModel.Fabric ? null : routes.Find(local.Address, remote.Address);
        var answer = _gates.Ask(new GateQuestion(target, view, IsListen: false, local, remote, route, IsDryRun: false)
        {
            IsMove = true,
            AllowsBypass = decided.AllowsBypass ?? options.CurrentValue.AllowBypass,
        });
        lease = answer.Lease;
        return answer.Refusal;
    }

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
