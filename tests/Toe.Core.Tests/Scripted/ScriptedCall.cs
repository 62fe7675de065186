namespace Toe.Core.Tests.Scripted;

/// <summary>One control call of a scripted provider: answers, throws or hangs, as the test says; counts how often it was asked.</summary>
internal sealed class ScriptedCall<T>
{
    private readonly Func<CancellationToken, ValueTask<T>> _usual;
    private volatile Func<CancellationToken, ValueTask<T>> _answer;
    private int _count;

    public ScriptedCall(Func<CancellationToken, ValueTask<T>> usual) => _answer = _usual = usual;

    public int Count => Volatile.Read(ref _count);

    public void Usual() => _answer = _usual;

    public void Answers(Func<T> answer) => _answer = _ => ValueTask.FromResult(answer());

    public void Throws(Func<Exception> exception) => _answer = _ => ValueTask.FromException<T>(exception());

    /// <summary>The provider does not even return from the call.</summary>
    public void ThrowsAtOnce(Func<Exception> exception) => _answer = _ => throw exception();

    /// <summary>Hangs, deaf to its token, until the returned source is completed; then gives the usual answer, late.</summary>
    public TaskCompletionSource Hangs()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = async _ =>
        {
            await release.Task;
            return await _usual(CancellationToken.None);
        };
        return release;
    }

    public ValueTask<T> RunAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        return _answer(cancellationToken);
    }
}
