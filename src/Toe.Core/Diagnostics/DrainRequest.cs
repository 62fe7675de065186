using System.Globalization;

namespace Toe.Diagnostics;

/// <summary>Sets an adapter aside, and moves everything off it: to the other adapters in order of preference, else to the host stack. What does not move may end by itself; that is waited for until the deadline.</summary>
internal sealed class DrainRequest(string adapterId, TimeSpan deadline) : LastingRequest
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<long, (ToeConnection Connection, string? Reason)> _stayed = [];
    private int _moved;

    public override async Task RunAsync(IReadOnlyList<ToeStack> stacks, DiagnosticAsker asker, CancellationToken leaving)
    {
        if (!DiagnosticEndpoint.TryIsolate(adapterId))
        {
            await MatchedNothingAsync(asker, "no such adapter", leaving).ConfigureAwait(false);
            return;
        }

        Result = "set aside";
        using var time = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        time.CancelAfter(deadline);
        while (true)
        {
            var left = Left(stacks);
            await ReportEndedAsync(left, asker, leaving).ConfigureAwait(false);
            await WriteAsync(asker, null, left.Count, leaving).ConfigureAwait(false);
            Result = $"set aside, {_moved} moved, {left.Count} left";
            if (left.Count == 0 || time.IsCancellationRequested)
                break;
            await MoveAsync(left, asker, time.Token, leaving).ConfigureAwait(false);
            if (_stayed.Count > 0)
                await Task.Delay(Pause, TimeProvider.System, time.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var (connection, reason) in _stayed.Values)
            await WriteAsync(asker, ConnectionMoves.Report(connection, adapterId, MoveOutcome.Stayed, reason), _stayed.Count, leaving).ConfigureAwait(false);
        await WriteDoneAsync(asker, leaving).ConfigureAwait(false);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"drain {Printable(adapterId)} within {deadline.TotalSeconds} s");

    private List<(ToeStack Stack, ToeConnection Connection)> Left(IReadOnlyList<ToeStack> stacks) =>
        [.. stacks.SelectMany(stack => stack.Connections.Where(connection => connection.Placement.AdapterId == adapterId).Select(connection => (stack, connection)))];

    /// <summary>Those that stayed in an earlier round and are not there any more.</summary>
    private async Task ReportEndedAsync(List<(ToeStack Stack, ToeConnection Connection)> left, DiagnosticAsker asker, CancellationToken leaving)
    {
        foreach (var (_, connection) in left)
            _stayed.TryAdd(connection.Id, (connection, "not tried before the deadline"));
        var here = left.Select(static pair => pair.Connection.Id).ToHashSet();
        foreach (var (connection, _) in _stayed.Values.Where(pair => !here.Contains(pair.Connection.Id)).ToList())
        {
            _stayed.Remove(connection.Id);
            var outcome = connection.Placement.AdapterId == adapterId ? MoveOutcome.Ended : MoveOutcome.Moved; // By the application, or by the adapter's own wish.
            await WriteAsync(asker, ConnectionMoves.Report(connection, adapterId, outcome, null), left.Count, leaving).ConfigureAwait(false);
        }
    }

    private async Task MoveAsync(List<(ToeStack Stack, ToeConnection Connection)> left, DiagnosticAsker asker, CancellationToken time, CancellationToken leaving)
    {
        var remaining = left.Count;
        foreach (var (stack, connection) in left)
        {
            MoveReport report;
            try
            {
                report = await ConnectionMoves.MoveAsync(connection, Elsewhere(stack), time).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!leaving.IsCancellationRequested)
            {
                return; // The deadline.
            }

            if (report.Outcome == MoveOutcome.Stayed)
            {
                _stayed[connection.Id] = (connection, report.Reason);
                continue;
            }

            _stayed.Remove(connection.Id);
            _moved += report.Outcome == MoveOutcome.Moved ? 1 : 0;
            await WriteAsync(asker, report, --remaining, leaving).ConfigureAwait(false);
        }
    }

    private IEnumerable<string?> Elsewhere(ToeStack stack) =>
        [.. stack.Supervisor.Adapters.Select(static adapter => adapter.Identity.Id).Where(id => id != adapterId), null];
}
