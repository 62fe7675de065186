namespace Toe.Core.Tests.Configuration;

/// <summary>Counts calls, and lets a test wait for the next one.</summary>
internal sealed class Signal : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _calls = new(0);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Set()
    {
        Interlocked.Increment(ref _count);
        _calls.Release();
    }

    public void Dispose() => _calls.Dispose();

    public async Task Wait() =>
        Assert.True(await _calls.WaitAsync(Patience, TestContext.Current.CancellationToken), "nothing was signalled");
}
