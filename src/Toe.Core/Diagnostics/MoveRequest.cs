using System.Globalization;

namespace Toe.Diagnostics;

/// <summary>Moves connections to the host stack, to an adapter, or to the first adapter that takes them.</summary>
/// <param name="toHost">True for the host stack.</param>
/// <param name="id">The connection; null for all that are elsewhere.</param>
/// <param name="adapterId">The adapter; null for the stack's own, in order of preference.</param>
internal sealed class MoveRequest(bool toHost, long? id, string? adapterId) : LastingRequest
{
    public override async Task RunAsync(IReadOnlyList<ToeStack> stacks, DiagnosticAsker asker, CancellationToken leaving)
    {
        if (adapterId is not null && !stacks.Any(stack => stack.Supervisor.Find(adapterId) is not null))
        {
            await MatchedNothingAsync(asker, "no such adapter", leaving).ConfigureAwait(false);
            return;
        }

        var wanted = stacks.SelectMany(stack => stack.Connections.Where(IsWanted).Select(connection => (Stack: stack, Connection: connection))).ToList();
        if (wanted.Count == 0)
        {
            await MatchedNothingAsync(asker, id is null ? "no connection to move" : "no such connection", leaving).ConfigureAwait(false);
            return;
        }

        var (done, tried) = (0, 0);
        Result = $"0 of {wanted.Count} moved or ended";
        foreach (var (stack, connection) in wanted)
        {
            var report = await ConnectionMoves.MoveAsync(connection, Places(stack, connection), leaving).ConfigureAwait(false);
            tried++;
            if (report.Outcome != MoveOutcome.Stayed)
                done++;
            Result = $"{done} of {wanted.Count} moved or ended, {tried - done} stayed";
            await WriteAsync(asker, report, wanted.Count - done, leaving).ConfigureAwait(false);
        }

        await WriteDoneAsync(asker, leaving).ConfigureAwait(false);
    }

    public override string ToString()
    {
        var what = id?.ToString(CultureInfo.InvariantCulture) ?? "all";
        if (toHost)
            return $"upload {what}";
        return adapterId is null ? $"offload {what}" : $"offload {what} to {Printable(adapterId)}";
    }

    private bool IsWanted(ToeConnection connection)
    {
        if (id is not null)
            return connection.Id == id;
        var now = connection.Placement.AdapterId;
        return toHost ? now is not null : now is null || (adapterId is not null && now != adapterId);
    }

    private IEnumerable<string?> Places(ToeStack stack, ToeConnection connection)
    {
        if (toHost)
            return [null];
        if (adapterId is not null)
            return [adapterId];
        return connection.Placement.AdapterId is { } there ? [there] : stack.Supervisor.Adapters.Select(static adapter => adapter.Identity.Id);
    }
}
