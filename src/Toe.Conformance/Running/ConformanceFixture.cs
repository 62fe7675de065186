using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Toe.Conformance;

/// <summary>
/// What a vendor writes for the kit: how to make the provider, and what its adapter's connections can have as a peer. Each requirement gets a provider and a peer of its own, one requirement
/// at a time.
/// </summary>
public abstract class ConformanceFixture
{
    /// <summary>What the adapter is tried on, for the report: <c>fabric</c>, <c>TAP</c>, <c>a T62100-LP-CR between two hosts</c>.</summary>
    public abstract string Substrate { get; }

    /// <summary>True when the host is played back: nothing passes over a wire then, and requirements that need one are not exercised. Default false.</summary>
    public virtual bool IsReplayed => false;

    /// <summary>The clock of the provider. Default the system's; a fake one, which <see cref="PassAsync"/> moves, saves the waiting.</summary>
    public virtual TimeProvider Time => TimeProvider.System;

    /// <summary>Where the provider logs. Default nowhere.</summary>
    public virtual ILoggerFactory Logging => NullLoggerFactory.Instance;

    /// <summary>Makes a provider. The kit disposes it.</summary>
    /// <param name="cancellationToken">Cancelled at the deadline.</param>
    public abstract ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken);

    /// <summary>Makes a provider whose adapter's tables are small enough to be filled, for the requirements on what happens then. Default the ordinary one.</summary>
    /// <param name="cancellationToken">Cancelled at the deadline.</param>
    public virtual ValueTask<IToeProvider> CreateSmallProviderAsync(CancellationToken cancellationToken) => CreateProviderAsync(cancellationToken);

    /// <summary>The adapter that is tried, of those that discovery found. Default the first.</summary>
    /// <param name="adapters">All of them.</param>
    /// <returns>Null when it is not there.</returns>
    public virtual IToeAdapter? Pick(IReadOnlyList<IToeAdapter> adapters) => adapters.Count > 0 ? adapters[0] : null;

    /// <summary>Makes a peer that the adapter's connections reach. The kit disposes it, before the provider.</summary>
    /// <param name="adapters">What discovery found.</param>
    /// <param name="cancellationToken">Cancelled at the deadline.</param>
    public abstract ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken);

    /// <summary>Lets time pass for the provider. Default: waits.</summary>
    /// <param name="time">How much.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public virtual async ValueTask PassAsync(TimeSpan time, CancellationToken cancellationToken) => await Task.Delay(time, Time, cancellationToken);

    /// <summary>What can be done to the adapter of the provider that was made last; null where nothing can: requirements that need it are skipped then.</summary>
    public virtual ConformanceFaults? Faults => null;

    /// <summary>An adapter that the tried one's connections can move to; null when there is none. Default another one of those that discovery found.</summary>
    /// <param name="adapters">All of them.</param>
    /// <param name="tried">The one that is tried.</param>
    public virtual IImportsState? PickTarget(IReadOnlyList<IToeAdapter> adapters, IToeAdapter tried) => adapters.OfType<IImportsState>().FirstOrDefault(one => one != tried);

    /// <summary>Known faults of the provider. Default none.</summary>
    public virtual IReadOnlyList<Waiver> Waivers => [];
}
