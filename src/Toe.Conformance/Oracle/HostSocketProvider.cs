namespace Toe.Conformance;

/// <summary>
/// The oracle: this host's own sockets behind the contract. Nothing is offloaded; whatever the kernel's TCP does under a requirement is what a provider's may do. A requirement that host sockets do
/// not meet says in what they differ.
/// </summary>
public sealed class HostSocketProvider : IToeProvider
{
    private readonly Lock _lock = new();
    private HostSocketAdapter? _adapter;

    /// <inheritdoc/>
    public string Name => "host";

    /// <inheritdoc/>
    public ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return ValueTask.FromResult(new Discovery([_adapter ??= new HostSocketAdapter()], []));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
