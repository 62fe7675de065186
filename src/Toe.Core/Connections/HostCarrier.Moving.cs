using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Toe.Linux;
using Toe.Moving;

namespace Toe.Connections;

/// <content>Giving the connection up: a plain host socket can be frozen and taken out of the kernel.</content>
internal sealed partial class HostCarrier : IMovableCarrier
{
    private readonly CallBreaker _receiveBreaker = new();
    private readonly CallBreaker _sendBreaker = new();
    private readonly SendCount? _sendCount; // Null: the connection stays, and its calls go straight to the socket.
    private readonly Lock _standing = new(); // Freezing, thawing and aborting exclude one another.
    private bool _abortsWhenThawed;
    private volatile bool _isFrozen; // For good once the connection is given up.
    private volatile bool _suspended;
    private volatile bool _isGivenUp;

    public ToeReason GiveUpRefusal =>
        _adapter is not null ? ToeReasons.CapabilityMove.With($"{_adapter.Identity.Id} does not give connections up")
        : !OperatingSystem.IsLinux() ? ToeReasons.EnvironmentOperatingSystem.With("only Linux gives connections up")
        : _sendCount is null && TcpRepair.Refusal.IsNone ? ToeReasons.CapabilityMove.With("the kernel told nothing about the socket")
        : TcpRepair.Refusal;

    public ToeReason PrepareToGiveUp(IConnectionTracking tracking) => tracking.Follow(ConnectionTuple.Of(this));

    public void Suspend()
    {
        _suspended = true;
        Interlocked.MemoryBarrier(); // A call that begins now sees the flag, or is broken here.
        _receiveBreaker.Break();
        _sendBreaker.Break();
    }

    public void Resume()
    {
        _receiveBreaker.Mend();
        _sendBreaker.Mend();
        _suspended = false;
    }

    [SupportedOSPlatform("linux")]
    public Task<IMoveSource> FreezeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_standing)
        {
            var refusal = TcpRepair.TryFreeze(_socket, out var frozen);
            if (frozen is null)
                throw new MoveRefusedException(refusal);
            _isFrozen = true;
            return Task.FromResult<IMoveSource>(new Source(this, frozen));
        }
    }

    [SupportedOSPlatform("linux")]
    public ToeReason CheckFrozen(IMoveSource source) => ((Source)source).Check();

    public Task ThawAsync(IMoveSource source) => source.ResumeAsync().AsTask();

    public Task GiveUp(IMoveSource source)
    {
        _isGivenUp = true;
        return Task.Run(() => source.ReleaseAsync().AsTask()); // A close in repair has never been seen to block, which does not prove that it cannot.
    }

    private static SendCount? CountOf(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || !TcpRepair.Refusal.IsNone)
            return null;
        try
        {
            return new SendCount(socket);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private ValueTask<int> ReceiveBreakablyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        if (_suspended)
            throw new CarrierSuspendedException();
        var receiving = _socket.ReceiveAsync(buffer, SocketFlags.None, _receiveBreaker.Token);
        return receiving.IsCompletedSuccessfully && !_receiveBreaker.IsBroken ? receiving : FinishReceiveAsync(receiving, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FinishReceiveAsync(ValueTask<int> receiving, CancellationToken cancellationToken)
    {
        var following = _receiveBreaker.Follow(cancellationToken);
        try
        {
            return await receiving.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new CarrierSuspendedException();
        }
        finally
        {
            await following.DisposeAsync().ConfigureAwait(false);
            _receiveBreaker.Mend();
        }
    }

    [SupportedOSPlatform("linux")]
    private ValueTask SendBreakablyAsync(SendCount count, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        if (_suspended)
            throw new CarrierSuspendedException(buffer.Length);
        var sending = _socket.SendAsync(buffer, SocketFlags.None, _sendBreaker.Token);
        if (!sending.IsCompletedSuccessfully || _sendBreaker.IsBroken)
            return FinishSendAsync(count, sending, buffer.Length, cancellationToken);
        count.Took(sending.Result); // A stream socket of .NET completes a send when all bytes are copied.
        return ValueTask.CompletedTask;
    }

    [SupportedOSPlatform("linux")]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishSendAsync(SendCount count, ValueTask<int> sending, int length, CancellationToken cancellationToken)
    {
        var following = _sendBreaker.Follow(cancellationToken);
        try
        {
            count.Took(await sending.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The send is over, and nothing else is sent: what the kernel took of it stands.
            var taken = Settle(count);
            cancellationToken.ThrowIfCancellationRequested();
            throw new CarrierSuspendedException(length - Math.Clamp(taken, 0, length));
        }
        finally
        {
            await following.DisposeAsync().ConfigureAwait(false);
            _sendBreaker.Mend();
        }
    }

    [SupportedOSPlatform("linux")]
    private static int Settle(SendCount count)
    {
        try
        {
            return count.Settle();
        }
        catch (LinuxException failure)
        {
            throw new SocketException((int)SocketError.ConnectionAborted, failure.Message); // Better an end than bytes twice or never.
        }
    }

    /// <summary>An abort that must wait: a frozen socket would close in silence.</summary>
    private bool AbortsLater()
    {
        lock (_standing)
        {
            _abortsWhenThawed |= _isFrozen;
            return _abortsWhenThawed;
        }
    }

    [SupportedOSPlatform("linux")]
    private void Thaw(FrozenTcpSocket frozen)
    {
        lock (_standing)
        {
            _isFrozen = false;
            try
            {
                frozen.Thaw();
            }
            catch (Exception exception) when (exception is LinuxException or ObjectDisposedException)
            {
                Lose(ToeReasons.CapabilityMove.With($"the connection cannot run on: {exception.Message}")); // Frozen for good: better an end than silence.
                return;
            }

            if (_abortsWhenThawed)
                AbortSocket();
        }
    }

    /// <summary>The frozen kernel connection.</summary>
    [SupportedOSPlatform("linux")]
    private sealed class Source(HostCarrier carrier, FrozenTcpSocket frozen) : IMoveSource
    {
        public TcpConnectionState State => frozen.State;

        public ToeReason Check()
        {
            try
            {
                return frozen.IsCurrent ? ToeReason.None : ToeReasons.CapabilityMove.With("a segment arrived while the connection was being frozen; the next attempt will do");
            }
            catch (LinuxException failure)
            {
                return ToeReasons.CapabilityMove.With(failure.Message);
            }
        }

        public ValueTask ReleaseAsync()
        {
            frozen.Close();
            return ValueTask.CompletedTask;
        }

        public ValueTask ResumeAsync()
        {
            carrier.Thaw(frozen);
            return ValueTask.CompletedTask;
        }
    }
}
