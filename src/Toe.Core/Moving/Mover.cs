using Microsoft.Extensions.Options;
using Toe.Adapters;
using Toe.Connections;
using Toe.Gates;
using Toe.Policy;

namespace Toe.Moving;

/// <summary>Moves established connections from one adapter to another: Prepare, Freeze, Import, Activate, Release. Until Activate any failure leaves the connection where it was; after it there is no way back.</summary>
internal sealed class Mover(
    IOptionsMonitor<ToeOptions> options, PolicyEngine policy, AdapterSupervisor supervisor, SupervisionContext supervision, TimeProvider time)
{
    private readonly GateKeeper _gates = GateKeeper.Standard(() => options.CurrentValue);

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
        StackConnection connection, ConnectionMove move, IMovableCarrier source, SupervisedAdapter target, IImportsState importer, ToeReason cause,
        CancellationToken cancellationToken)
    {
        var refusal = MayMove(connection, target, out var lease);
        if (!refusal.IsNone)
            return refusal;
        var tuple = new TcpTuple(connection.LocalEndPoint, connection.RemoteEndPoint);
        var events = new CarrierEvents();
        IMoveTarget place;
        try
        {
            place = await target.CallAsync(
                token => importer.PrepareAsync(tuple, events, token), late => Abandon(target, late), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lease?.Release();
            throw;
        }

        lease?.Settle();
        IMoveSource frozen;
        TcpConnectionState state;
        try
        {
            connection.Suspend(move, source);
            await move.Quiet.WaitAsync(options.CurrentValue.ControlDeadline, time, cancellationToken).ConfigureAwait(false);
            frozen = await source.FreezeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Abandon(target, place);
            source.Resume();
            if (exception is TimeoutException)
                return ToeReasons.InternalProviderLate.With("a data call did not return");
            throw;
        }

        try
        {
            state = StateOf(frozen);
            refusal = await target.CallAsync(token => place.ImportAsync(state, token), static _ => { }, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await GoBackAsync().ConfigureAwait(false);
            throw;
        }

        if (!refusal.IsNone)
        {
            await GoBackAsync().ConfigureAwait(false);
            return refusal;
        }

        return await ActivateAsync(connection, source, frozen, target, place, events, cause).ConfigureAwait(false);

        async Task GoBackAsync()
        {
            Abandon(target, place);
            await source.ThawAsync(frozen).ConfigureAwait(false);
            source.Resume();
        }
    }

    private async Task<ToeReason> ActivateAsync(
        StackConnection connection, IMovableCarrier source, IMoveSource frozen, SupervisedAdapter target, IMoveTarget place, CarrierEvents events,
        ToeReason cause)
    {
        IToeAdapterSocket socket;
        try
        {
            socket = await target.CallAsync(_ => place.ActivateAsync(), target.Discard, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AdapterFaultException fault)
        {
            // Nobody knows whether the target has sent something: neither side may go on.
            connection.Lose(fault.Reason);
            source.GiveUp(frozen);
            Abandon(target, place);
            throw;
        }

        connection.Continue(Carrier.On(target, socket, events, supervision));
        connection.ChangePlacement(new Placement(
            target.Identity.Id, target.View.Status.Capabilities.Model, connection.Carrier.GetInfo().Confidence, cause, time.GetUtcNow()));
        source.GiveUp(frozen);
        return ToeReason.None;
    }

    /// <summary>The same policy and gates as for an open.</summary>
    private ToeReason MayMove(StackConnection connection, SupervisedAdapter target, out BudgetLease? lease)
    {
        lease = null;
        var decided = policy.Decide(connection.Direction, connection.LocalEndPoint, connection.RemoteEndPoint, requested: null, counted: false);
        if (!decided.Reason.IsNone)
            return decided.Reason;
        if (decided.Check(target.Identity) is { IsNone: false } notAllowed)
            return notAllowed;
        var answer = _gates.Ask(new GateQuestion(
            target, target.View, IsListen: false, connection.LocalEndPoint, connection.RemoteEndPoint, Route: null, IsDryRun: false));
        lease = answer.Lease;
        return answer.Refusal;
    }

    private static TcpConnectionState StateOf(IMoveSource frozen) =>
        frozen.State ?? throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("a frozen connection has no state"));

    private static void Abandon(SupervisedAdapter target, IMoveTarget? place)
    {
        if (place is not null)
            target.CloseInBackground(place.AbandonAsync);
    }
}
