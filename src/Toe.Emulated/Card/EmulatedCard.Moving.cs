using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <content>Connections from other carriers.</content>
public sealed partial class EmulatedCard
{
    /// <inheritdoc/>
    public async ValueTask<PrepareResult> PrepareAsync(TcpTuple tuple, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        await AnswerAsync(cancellationToken).ConfigureAwait(false);
        var generation = Generation;
        if (RefusalNow() is { IsNone: false } refusal)
            return PrepareResult.Refused(refusal);
        if (!_options.Profile.MovesConnections)
            return PrepareResult.Refused(ToeReasons.CapabilityMove.With($"a {_options.Profile.Model} does not take connections over"));
        if (Tables.TryTakeConnection(tuple.Remote.AddressFamily, 2L * _options.BufferSize, out var entry) is { IsNone: false } full)
            return PrepareResult.Refused(full);
        var place = new CardPlace(this, generation, tuple, events, entry!);
        // Not under the caller's token: what has begun is either returned or taken back.
        var refused = await place.PrepareAsync().ConfigureAwait(false);
        if (refused.IsNone)
            return PrepareResult.Prepared(place);
        await place.AbandonAsync().ConfigureAwait(false);
        return PrepareResult.Refused(refused);
    }

    /// <summary>The options of an imported connection, with buffers that hold its queues and the window its peer was promised.</summary>
    internal TcpSocketOptions OptionsFor(TcpConnectionState state)
    {
        var options = Translate(state.Options, []);
        ImportedState.Widen(options, state);
        return options;
    }
}
