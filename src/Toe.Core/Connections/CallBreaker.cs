using System.Diagnostics.CodeAnalysis;

namespace Toe.Connections;

/// <summary>Ends the pending calls of one direction of a .NET socket, for the caller's token or because the connection moves. One call at a time; allocates only after it has broken one.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer or a wait handle holds nothing.")]
internal sealed class CallBreaker
{
    private CancellationTokenSource _source = new();

    /// <summary>What the call is made with.</summary>
    public CancellationToken Token => Volatile.Read(ref _source).Token;

    /// <summary>True when a call that has just completed may have been broken. A socket's call that was cancelled says that it completed successfully, and throws when its result is taken
    /// (System.Net.Sockets, AwaitableSocketAsyncEventArgs).</summary>
    public bool IsBroken => Volatile.Read(ref _source).IsCancellationRequested;

    /// <summary>Breaks the call when the caller's token is cancelled, until the registration is disposed.</summary>
    public CancellationTokenRegistration Follow(CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(static breaker => ((CallBreaker)breaker!).Break(), this) : default;

    /// <summary>The pending call ends, and those that begin before <see cref="Mend"/>. Any thread.</summary>
    public void Break() => Volatile.Read(ref _source).Cancel();

    /// <summary>The next call is not broken. With no call pending.</summary>
    public void Mend()
    {
        if (_source.IsCancellationRequested)
            Interlocked.Exchange(ref _source, new CancellationTokenSource()); // A full fence: the next call looks for a suspension after this, and whoever suspends breaks what stands here after that.
    }
}
