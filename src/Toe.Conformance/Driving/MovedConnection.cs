namespace Toe.Conformance;

/// <summary>One move of a connection to another adapter, step by step, as the stack makes it.</summary>
internal static class MovedConnection
{
    /// <summary>Freezes a connection that says it can be.</summary>
    /// <exception cref="NotOfferedException">The socket gives no connection up, and does not claim to.</exception>
    public static async Task<IMoveSource> FreezeAsync(this TestedSocket socket, CancellationToken stop)
    {
        if (socket.Raw is not IExportsState exporting)
            throw new NotOfferedException("its sockets give no connection up");
        var source = await exporting.FreezeAsync(stop);
        Check.That(source is { State: not null }, "a frozen connection has no state");
        return source;
    }

    /// <summary>Prepares a place for a connection.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static async Task<(IMoveTarget Place, SocketEventLog Events)> PrepareAsync(this IImportsState target, TcpTuple tuple, CancellationToken stop)
    {
        var events = new SocketEventLog();
        var result = await target.PrepareAsync(tuple, events, stop);
        Check.That(result.Place is null != result.Refusal.IsNone, "a prepare is answered with a place or with a reason, and never with both or neither");
        return result.Place is { } place ? (place, events) : throw new RefusedException("a place on the other adapter", result.Refusal);
    }

    /// <summary>Prepare, Freeze, Import, Activate, Release.</summary>
    public static async Task<TestedSocket> MoveAsync(this TestedSocket socket, Bench bench, IImportsState target)
    {
        var (place, events) = await target.PrepareAsync(new TcpTuple(socket.Raw.LocalEndPoint, socket.Raw.RemoteEndPoint), bench.Stop);
        var source = await socket.FreezeAsync(bench.Stop);
        var refusal = await place.ImportAsync(source.State, bench.Stop);
        if (!refusal.IsNone)
        {
            await place.AbandonAsync();
            await source.ResumeAsync();
            throw new RefusedException("the import", refusal);
        }

        var moved = new TestedSocket(await place.ActivateAsync(), events, [], bench.Stop);
        await source.ReleaseAsync();
        return bench.Own(moved);
    }
}
