using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Adapters;
using Toe.Connections;
using Toe.Moving;
using Toe.Telemetry;

namespace Toe.Placing;

/// <summary>Moves that nobody asked for. Each connection has an allowance of them, and is left alone for a while when one was refused.</summary>
internal sealed class AutomaticMoves(ConnectionOwner owner, Mover mover, IOptionsMonitor<ToeOptions> options, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<StackConnection, Upload> _uploads = new();
    private readonly ConcurrentDictionary<string, UploadQueue> _queues = new(StringComparer.Ordinal); // Of the adapters that ever caused one.

    /// <summary>Connections that may return to an adapter.</summary>
    public IEnumerable<KeyValuePair<StackConnection, Upload>> Uploads => _uploads;

    /// <summary>True when there are any.</summary>
    public bool HasUploads => !_uploads.IsEmpty;

    private PlacementOptions Options => options.CurrentValue.Placement;

    /// <summary>True when a move of the connection in the same direction was not refused just now.</summary>
    public bool IsRested(StackConnection connection, MoveOrder order) => connection.Allowance.IsRested(order.IsToHost, Options);

    /// <summary>True when the connection may leave the host stack although it could stay.</summary>
    public bool MayGoToAdapter(StackConnection connection) => MayMove(connection, toHost: false);

    /// <summary>True when the connection may leave its adapter although the adapter could carry on.</summary>
    public bool MayGoToHost(StackConnection connection) => MayMove(connection, toHost: true) && mover.ModeOf(connection) != ToeMode.Require;

    /// <summary>The connection does not return by itself.</summary>
    public void Forget(StackConnection connection) => _uploads.TryRemove(connection, out _);

    /// <summary>Moves. Whatever goes wrong is the answer.</summary>
    /// <returns><see cref="ToeReason.None"/> when the connection runs there, else why not.</returns>
    public async Task<ToeReason> MoveAsync(StackConnection connection, MoveOrder order, CancellationToken cancellationToken)
    {
        connection.Allowance.Begin();
        var refusal = await TryMoveAsync(connection, order, cancellationToken).ConfigureAwait(false);
        if (!refusal.IsNone)
        {
            connection.Allowance.Refused(order.IsToHost);
            return refusal;
        }

        connection.Allowance.Moved(Options);
        if (order.IsToHost)
            Remember(connection, order.Cause);
        else
            Forget(connection);
        return refusal;
    }

    /// <summary>An adapter wants to be rid of a connection, or has failed: it goes to the host stack, or ends with the reason where it must go and cannot.</summary>
    public async void UploadWanted(StackConnection connection, Carrier carrier, ToeReason reason, bool mandatory)
    {
        try
        {
            StackLog.UploadWanted(logger, carrier.Adapter?.Id ?? "host", connection.Id, mandatory, reason);
            if (!mandatory && !(Options.FollowAdvice && MayGoToHost(connection)))
                return;
            var queue = _queues.GetOrAdd(carrier.Adapter?.Id ?? "", static _ => new UploadQueue());
            var refusal = await queue.RunAsync(() => UploadAsync(connection, new MoveOrder(null, reason) { From = carrier })).ConfigureAwait(false);
            if (!refusal.IsNone && mandatory)
                carrier.Lose(reason);
        }
        catch (Exception exception)
        {
            StackLog.MoveFailed(logger, connection.Id, exception); // Nobody awaits this.
        }
    }

    private bool MayMove(StackConnection connection, bool toHost) => connection.Allowance.IsRested(toHost, Options) && connection.Allowance.IsLeft(Options);

    /// <summary>An adapter that cannot carry on may as well not answer: its connections' calls must not hang by that.</summary>
    private async Task<ToeReason> UploadAsync(StackConnection connection, MoveOrder order)
    {
        using var deadline = new CancellationTokenSource(options.CurrentValue.ControlDeadline, time);
        return await MoveAsync(connection, order, deadline.Token).ConfigureAwait(false);
    }

    private void Remember(StackConnection connection, ToeReason cause)
    {
        if (connection.Carrier is not { Adapter: null } host)
            return; // Somebody has moved it on already.
        _uploads[connection] = new Upload(host, cause, time.GetTimestamp());
        if (connection.IsDisposed)
            Forget(connection); // Its end may have come before this.
    }

    private async Task<ToeReason> TryMoveAsync(StackConnection connection, MoveOrder order, CancellationToken cancellationToken)
    {
        try
        {
            return await owner.MoveAsync(connection, order, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return ToeReasons.CapabilityMove.With("it was closed meanwhile");
        }
        catch (OperationCanceledException)
        {
            return ToeReasons.InternalProviderLate.With("it was not moved in time");
        }
        catch (Exception exception)
        {
            StackLog.MoveFailed(logger, connection.Id, exception);
            return AdapterFaultException.From(exception).Reason;
        }
    }
}
