namespace Toe.Core.Tests.Scripted;

/// <summary>A provider whose discovery a test scripts.</summary>
internal sealed class ScriptedProvider : IToeProvider
{
    public ScriptedProvider(params IEnumerable<IToeAdapter> adapters)
    {
        Adapters = [.. adapters];
        Discovering = new ScriptedCall<Discovery>(_ => ValueTask.FromResult(new Discovery(Adapters, NotTaken)));
    }

    public string Name { get; init; } = "scripted";

    public IReadOnlyList<IToeAdapter> Adapters { get; set; }

    public IReadOnlyList<NotTaken> NotTaken { get; set; } = [];

    public ScriptedCall<Discovery> Discovering { get; }

    public IProviderHost? Host { get; private set; }

    public bool IsDisposed { get; private set; }

    public ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken)
    {
        Host = host;
        return Discovering.RunAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
