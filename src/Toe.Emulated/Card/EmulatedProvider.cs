using System.Collections.Immutable;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;
using Toe.Linux;

[assembly: Toe.ToeProvider(typeof(Toe.Emulated.EmulatedProvider), Toe.ContractVersion.Major, Toe.ContractVersion.Minor)]

namespace Toe.Emulated;

/// <summary>The software TOE as a provider: cards on the in-process fabric or on TAP devices.</summary>
public sealed class EmulatedProvider : IToeProvider
{
    internal const string ProviderName = "emulated";

    private readonly Lock _lock = new();
    private readonly ImmutableArray<EmulatedLinkOptions> _links;
    private readonly Dictionary<EmulatedLinkOptions, EmulatedCard> _cards = new(ReferenceEqualityComparer.Instance);
    private readonly CardMetrics _metrics;

    /// <summary>One card on <see cref="Fabric.Shared"/>.</summary>
    public EmulatedProvider()
        : this([new EmulatedFabricOptions()])
    {
    }

    /// <summary>A card for each link.</summary>
    /// <param name="links">The links; the order is the order of preference.</param>
    public EmulatedProvider(IEnumerable<EmulatedLinkOptions> links)
    {
        ArgumentNullException.ThrowIfNull(links);
        _links = [.. links];
        _metrics = new CardMetrics(() => Cards);
    }

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <summary>The cards that discovery has made so far, in order of preference.</summary>
    public IReadOnlyList<EmulatedCard> Cards
    {
        get
        {
            lock (_lock)
                return [.. _links.Where(_cards.ContainsKey).Select(link => _cards[link])];
        }
    }

    /// <inheritdoc/>
    public ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        var notTaken = new List<NotTaken>();
        lock (_lock)
        {
            foreach (var link in _links)
            {
                if (_cards.ContainsKey(link))
                    continue;
                if (TryCreate(link, host, out var reason) is { } card)
                    _cards.Add(link, card);
                else
                    notTaken.Add(new NotTaken(link.Device, reason));
            }
        }

        return ValueTask.FromResult(new Discovery(Cards, notTaken));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        return ValueTask.CompletedTask; // The stack disposes the cards.
    }

    private static EmulatedCard? TryCreate(EmulatedLinkOptions link, IProviderHost host, out ToeReason reason)
    {
        reason = ProcessorRefusal(link.Card);
        if (!reason.IsNone || TryAttach(link, host, out reason) is not { } network)
            return null;
        try
        {
            return new EmulatedCard(link.Card, network, host.Time);
        }
        catch (Exception exception)
        {
            Dispose(network.Links); // Or the next attempt finds the device taken, or its packets in queues that nobody reads.
            if (exception is not LinuxException)
                throw;
            reason = ToeReasons.EnvironmentDevice.With(exception.Message);
            return null;
        }
    }

    /// <summary>Why the card's threads cannot be placed as asked, as far as one sees without trying.</summary>
    private static ToeReason ProcessorRefusal(EmulatedCardOptions card)
    {
        if (card.Processors.Count > 0 && !OperatingSystem.IsLinux())
            return ToeReasons.EnvironmentOperatingSystem.With("threads are bound to processors on Linux only");
        if (card.BusyPoll == TimeSpan.Zero)
            return ToeReason.None;
        var own = card.Processors.Distinct().Count();
        if (own < card.Shards)
            return ToeReasons.EnvironmentDevice.With($"busy polling needs a processor of its own for each of {card.Shards} threads, and Processors names {own}");
        return card.Shards < Environment.ProcessorCount
            ? ToeReason.None
            : ToeReasons.EnvironmentDevice.With($"busy polling on {card.Shards} of {Environment.ProcessorCount} processors leaves none for the application");
    }

    private static ICardNetwork? TryAttach(EmulatedLinkOptions link, IProviderHost host, out ToeReason reason)
    {
        reason = ToeReason.None;
        var sharding = new FlowSharding(link.Card.Shards);
        switch (link)
        {
            case EmulatedFabricOptions fabric:
                var ports = fabric.Fabric.AttachAll(sharding);
                return new FabricNetwork(fabric.Fabric, ports, Wrap(ports, link, host), sharding);
            case EmulatedTapOptions tap when OperatingSystem.IsLinux():
                try
                {
                    var queues = TapDevice.AttachQueues(tap.Device, sharding.Count);
                    var options = new TapLinkOptions { Addresses = tap.Addresses, Gateways = tap.Gateways, NeighborLimit = tap.Card.Profile.Neighbours, Offloads = tap.Offloads && tap.Faults is null };
                    var taps = TapLink.CreateAll(queues, options, sharding, host.Time);
                    return new TapNetwork(tap, taps, Wrap(taps, link, host), sharding);
                }
                catch (LinuxException exception)
                {
                    reason = ReasonOf(exception);
                    return null;
                }

            case EmulatedInterfaceOptions { Card.Shards: > 1 }:
                reason = ToeReasons.EnvironmentDevice.With("a card on an interface has one thread");
                return null;
            case EmulatedInterfaceOptions shared when OperatingSystem.IsLinux():
                try
                {
                    var attached = InterfaceLink.Attach(
                        shared.Interface, 2 * shared.Card.Profile.Connections, shared.Card.Profile.Listeners, shared.Offloads && shared.Faults is null);
                    return new InterfaceNetwork(shared.Interface, attached, Wrap([attached], link, host), sharding);
                }
                catch (LinuxException exception)
                {
                    reason = ReasonOf(exception);
                    return null;
                }

            default:
                reason = ToeReasons.EnvironmentOperatingSystem.With("TAP devices and eBPF are Linux's");
                return null;
        }
    }

    private static ToeReason ReasonOf(LinuxException exception) =>
        (exception.ErrorName is "EPERM" or "EACCES" ? ToeReasons.EnvironmentPrivilege : ToeReasons.EnvironmentDevice).With(exception.Message);

    /// <summary>The capture outside, since it shows what the engine sees.</summary>
    private static ILink[] Wrap(IReadOnlyList<ILink> links, EmulatedLinkOptions options, IProviderHost host)
    {
        try
        {
            return [.. links.Select((link, index) => CaptureFile.Wrap(WithFaults(link, index, options, host.Time), index, options, host))];
        }
        catch
        {
            Dispose(links);
            throw;
        }
    }

    private static void Dispose(IReadOnlyList<ILink> links)
    {
        foreach (var link in links)
            link.Dispose();
    }

    private static ILink WithFaults(ILink link, int index, EmulatedLinkOptions options, TimeProvider time) => options.Faults is { } faults
        ? new FaultInjectingLink(link, faults with { Seed = faults.Seed + (2 * index) }, faults with { Seed = faults.Seed + (2 * index) + 1 }, time)
        : link;
}
