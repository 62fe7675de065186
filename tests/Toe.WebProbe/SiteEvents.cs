using System.Collections.Concurrent;

namespace Toe.WebProbe;

/// <summary>What has happened on the server's side, by name; whoever asks waits until it has.</summary>
public sealed class SiteEvents
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _events = new(StringComparer.Ordinal);

    /// <summary>Says that it happened, and how. Only the first time counts.</summary>
    public void Tell(string name, string how = "") => Find(name).TrySetResult(how);

    /// <summary>Waits until it has happened.</summary>
    public Task<string> WaitAsync(string name, CancellationToken cancellationToken) => Find(name).Task.WaitAsync(cancellationToken);

    private TaskCompletionSource<string> Find(string name) =>
        _events.GetOrAdd(name, static _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
}
