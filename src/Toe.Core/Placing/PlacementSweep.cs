using Toe.Connections;
using Toe.Hosting;
using Toe.Telemetry;

namespace Toe.Placing;

/// <summary>Looks at the connections on one timer and moves those that would run better elsewhere. One look at a time; what fails in it ends nothing but the look. Owned by the stack.</summary>
internal sealed class PlacementSweep : IAsyncDisposable
{
    private const int AtOnce = 4;

    private readonly StackContext _context;
    private readonly AutomaticMoves _moves;
    private readonly PolicyFollower _follower;
    private readonly Returns _returns;
    private readonly Demotion _demotion;
    private readonly Promotion _promotion;
    private readonly TrackingRenewal _tracking;
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly CancellationTokenSource _stopping = new(); // Without timer or wait handle, and so never disposed.
    private readonly ITimer _timer;
    private int _isWanted;

    public PlacementSweep(StackContext context)
    {
        var (owner, mover) = (context.Connections, context.Mover);
        var places = new Places(mover, context.Supervisor, context.Logger);
        _context = context;
        _moves = owner.Moves;
        _follower = new PolicyFollower(owner, mover, context.Logger);
        _returns = new Returns(owner.Moves, places, context.Time);
        _demotion = new Demotion(owner, context.Supervisor, context.Time);
        _promotion = new Promotion(owner, places, context.Time);
        _tracking = new TrackingRenewal(owner, mover, context.Time);
        _timer = context.Time.CreateTimer(static sweep => ((PlacementSweep)sweep!).LookWhereNeeded(), this, Options.SweepInterval, Timeout.InfiniteTimeSpan);
    }

    private PlacementOptions Options => _context.Options.Placement;

    /// <summary>A stack in which nothing can move costs a timer and nothing else.</summary>
    private bool IsNeeded =>
        _follower.IsUnsettled || _moves.HasUploads || _tracking.IsDue || Options is { StartOnHost: true } or { Demote: true } || _context.Options.Worth.Enabled;

    /// <summary>Policy may have changed.</summary>
    public void PolicyChanged()
    {
        if (Options.FollowPolicy)
            _follower.PolicyChanged();
        LookSoon();
    }

    /// <summary>A connection came to an adapter.</summary>
    public void Check(StackConnection connection)
    {
        if (Options.FollowPolicy && !_follower.Check(connection))
            LookSoon();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _looking.WaitAsync(CancellationToken.None).ConfigureAwait(false); // For good: no look begins any more.
    }

    private void LookWhereNeeded()
    {
        if (IsNeeded)
            LookSoon();
        else
            _timer.Change(Options.SweepInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Several wishes in a row are one.</summary>
    private void LookSoon()
    {
        if (Interlocked.Exchange(ref _isWanted, 1) == 0)
            _ = Task.Run(LookQuietlyAsync);
    }

    /// <summary>Looks now; returns when what it began has ended.</summary>
    internal async Task LookQuietlyAsync()
    {
        try
        {
            await _looking.WaitAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return; // The stack ends.
        }

        try
        {
            Volatile.Write(ref _isWanted, 0); // Before the look: what changes from here on is looked at again.
            await LookAsync(Options).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The stack ends.
        }
        catch (Exception exception)
        {
            StackLog.SweepFailed(_context.Logger, exception);
        }
        finally
        {
            _timer.Change(Options.SweepInterval, Timeout.InfiniteTimeSpan);
            _looking.Release();
        }
    }

    private async Task LookAsync(PlacementOptions options)
    {
        await _follower.FollowAsync(_stopping.Token).ConfigureAwait(false);
        _tracking.Renew();
        Observe(options);
        var proposed = _demotion.Propose(options).Concat(_returns.Propose(options)).Concat(_promotion.Propose(options)).Take(options.MovesPerSweep).ToList();
        await new MoveBatch(_moves, AtOnce).RunAsync(proposed, _stopping.Token).ConfigureAwait(false);
    }

    /// <summary>Reads the counters of those connections that something depends on.</summary>
    private void Observe(PlacementOptions options)
    {
        var isMeasuring = _context.Options.Worth.Enabled;
        var observed = isMeasuring || options.StartOnHost || options.Demote ? _context.Connections.All : _moves.Uploads.Select(static upload => upload.Key);
        foreach (var connection in observed)
            (connection.Traffic ??= new Traffic()).Look(connection, _context.Time, options.AveragingTime);
        if (isMeasuring)
            _context.Advisor.Measure(_context.Connections.All);
    }
}
