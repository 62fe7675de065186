namespace Toe;

/// <summary>Finds and drives one vendor's adapters. Owned and disposed by the stack.</summary>
public interface IToeProvider : IAsyncDisposable
{
    /// <summary>A short lower-case name: <c>chelsio</c>, <c>qlogic</c>, <c>emulated</c>.</summary>
    string Name { get; }

    /// <summary>Finds adapters. A control call: off the application's threads, under a deadline; repeated after <see cref="IProviderHost.RescanNeeded"/>.</summary>
    /// <param name="host">What the stack lends the provider; the same at each call.</param>
    /// <param name="cancellationToken">Cancelled at the deadline.</param>
    /// <returns>All adapters there are now. An adapter returned before is returned as the same instance.</returns>
    ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken);
}
