namespace Toe.Conformance;

/// <summary>A provider with a defect, or whose first adapter has it.</summary>
internal sealed class BrokenProvider(IToeProvider provider, Defect defect) : IToeProvider
{
    private readonly Dictionary<IToeAdapter, IToeAdapter> _broken = new(ReferenceEqualityComparer.Instance);
    private int _disposals;

    /// <summary>The provider that is right.</summary>
    public IToeProvider Inner => provider;

    public string Name => defect == Defect.CapitalName ? "Emulated TOE" : provider.Name;

    public async ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken)
    {
        if (defect == Defect.DeafDiscovery && cancellationToken.IsCancellationRequested)
            await new TaskCompletionSource().Task;
        if (defect == Defect.AsksForRescans)
            host.RescanNeeded();
        var found = await provider.DiscoverAsync(host, cancellationToken);
        if (found.Adapters.Count == 0)
            return found;
        var first = found.Adapters[0];
        if (defect == Defect.NewInstances || !_broken.TryGetValue(first, out var broken))
            _broken[first] = broken = BrokenAdapter.Around(first, found.Adapters, defect);
        IReadOnlyList<NotTaken> notTaken = defect switch
        {
            Defect.NamelessDevice => [new NotTaken("", ToeReason.None)],
            Defect.NullList => null!,
            _ => found.NotTaken,
        };
        return new Discovery([broken, .. found.Adapters.Skip(1)], notTaken);
    }

    public ValueTask DisposeAsync()
    {
        ObjectDisposedException.ThrowIf(defect == Defect.DisposesOnce && ++_disposals > 1, this);
        return provider.DisposeAsync();
    }
}
