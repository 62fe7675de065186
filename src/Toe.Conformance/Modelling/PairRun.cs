namespace Toe.Conformance;

/// <summary>Lives one history on a connection, and on the model of it beside.</summary>
internal sealed class PairRun(Bench bench, TestedSocket ours, IPeerConnection theirs)
{
    private readonly StreamModel _fromUs = new(0);
    private readonly StreamModel _fromThem = new(0x55);
    private readonly TestedSocket _first = ours;
    private TestedSocket _ours = ours;
    private bool _isAway;
    private bool _isOver;

    /// <summary>All steps, and then both streams to their ends.</summary>
    /// <exception cref="UnmetException">The connection does not do what the model says.</exception>
    public async Task LiveAsync(IReadOnlyList<PairStep> steps)
    {
        foreach (var step in steps)
            await DoAsync(step);
        if (!_isOver)
            await EndAsync();
    }

    private Task DoAsync(PairStep step) => step.Action switch
    {
        PairAction.WeSend => _ours.SendAsync(_fromUs.Send(step.Bytes)),
        PairAction.TheySend => theirs.SendAsync(_fromThem.Send(step.Bytes), bench.Stop).AsTask(),
        PairAction.WeReceive => WeReceiveAsync(step.Bytes),
        PairAction.TheyReceive => TheyReceiveAsync(step.Bytes),
        PairAction.WeEnd => WeEndAsync(),
        PairAction.TheyEnd => TheyEndAsync(),
        PairAction.WeArm => ArmAsync(),
        PairAction.WeAsk => AskAsync(),
        PairAction.WeMove => MoveAsync(),
        PairAction.WeAbort => AbortAsync(),
        _ => ResetAsync(),
    };

    private async Task WeReceiveAsync(int wanted)
    {
        var expected = _fromThem.Receive(wanted);
        if (expected.Length > 0)
            Check.Bytes(expected, await _ours.ReadAsync(expected.Length));
        else if (_fromThem.HasEnded)
            Check.Equal(IoStatus.EndOfStream, (await _ours.ReceiveAsync(new byte[1])).Status);
        else if (_ours.Raw is not ISocketBacked)
            Check.Equal(IoStatus.WouldBlock, _ours.Raw.TryReceive(new byte[1], out _));
    }

    private async Task TheyReceiveAsync(int wanted)
    {
        var expected = _fromUs.Receive(wanted);
        if (expected.Length > 0)
            Check.Bytes(expected, await theirs.ReadAsync(expected.Length, bench.Stop));
        else if (_fromUs.HasEnded)
            Check.Equal(0, await theirs.ReceiveAsync(new byte[1], bench.Stop));
    }

    private async Task WeEndAsync()
    {
        if (!_fromUs.HasEnded)
            await _ours.CompleteSendingAsync();
        _fromUs.End();
    }

    private async Task TheyEndAsync()
    {
        if (!_fromThem.HasEnded)
            await theirs.CompleteSendingAsync(bench.Stop);
        _fromThem.End();
    }

    private Task ArmAsync()
    {
        if (_ours.Raw is not ISocketBacked)
            _ours.Raw.Arm(Readiness.Receive | Readiness.Send);
        return Task.CompletedTask;
    }

    private Task AskAsync()
    {
        var info = _ours.Raw.GetInfo();
        if (_ours == _first && info.BytesAcknowledged is { } acknowledged) // Behind a move it counts from there.
            Check.That(acknowledged >= 0 && acknowledged <= _fromUs.Sent, $"{acknowledged} bytes are acknowledged of {_fromUs.Sent}");
        return Task.CompletedTask;
    }

    private async Task MoveAsync()
    {
        if (_fromUs.HasEnded && _fromThem.HasEnded)
            return; // It may be over.
        if (_isAway && bench.Adapter is not IImportsState)
            return; // It cannot come back.
        _ours = await _ours.MoveAsync(bench, _isAway ? (IImportsState)bench.Adapter : bench.Target());
        _isAway = !_isAway;
    }

    private async Task AbortAsync()
    {
        _isOver = true;
        _ours.Raw.Abort();
        Check.That(await IsResetAsync(), "the peer's stream ends as if nothing had been aborted");
    }

    private async Task ResetAsync()
    {
        _isOver = true;
        theirs.Reset();
        var rest = _fromThem.Receive(int.MaxValue);
        var received = 0;
        var buffer = new byte[4096];
        while (true)
        {
            var (status, bytes) = await _ours.ReceiveAsync(buffer);
            if (status != IoStatus.Done)
            {
                // Where both had ended already there was nothing left to reset.
                Check.That(status == IoStatus.Reset || (status == IoStatus.EndOfStream && _fromThem.HasEnded), $"behind the peer's reset a receive answers {status}");
                return;
            }

            Check.That(received + bytes <= rest.Length && buffer.AsSpan(0, bytes).SequenceEqual(rest.AsSpan(received, bytes)), "bytes came that were not sent, before the reset");
            received += bytes;
        }
    }

    /// <summary>Reads what still comes; a reset may overtake bytes.</summary>
    private async Task<bool> IsResetAsync()
    {
        var rest = _fromUs.Receive(int.MaxValue);
        var received = 0;
        var buffer = new byte[4096];
        try
        {
            while (await theirs.ReceiveAsync(buffer, bench.Stop) is > 0 and var bytes)
            {
                Check.That(received + bytes <= rest.Length && buffer.AsSpan(0, bytes).SequenceEqual(rest.AsSpan(received, bytes)), "bytes came that were not sent, before the abort");
                received += bytes;
            }

            return _fromUs.HasEnded && received == rest.Length;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }

    private async Task EndAsync()
    {
        await WeEndAsync();
        await TheyEndAsync();
        await WeReceiveAsync(int.MaxValue);
        await TheyReceiveAsync(int.MaxValue);
        await WeReceiveAsync(1);
        await TheyReceiveAsync(1);
        Check.Equal(0, _ours.Events.Closed.Count);
    }
}
