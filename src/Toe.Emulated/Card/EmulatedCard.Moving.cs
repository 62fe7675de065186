using System.Net;
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

    /// <summary>Gives the host, which has a connection again, what arrived for it meanwhile. On the loop.</summary>
    internal void GiveToHost(CardLoop loop, KeptPackets kept)
    {
        while (kept.TryTake(out var packet))
            Network.GiveToHost(loop.Index, packet);
    }

    /// <summary>A fragment came for a connection, which the engine does not put together and the host would. On the loop.</summary>
    private void OnFragment(IPEndPoint local, IPEndPoint remote)
    {
        // Advice: whoever forges a fragment must not end a connection that cannot go.
        if (_options.Profile.MovesConnections && Shards.Of(local, remote).Engine.Find(local, remote)?.Events is CardSocket socket)
            socket.AskForUpload(ToeReasons.QualityFragments);
    }
}
