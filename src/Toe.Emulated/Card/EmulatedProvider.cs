using System.Collections.Immutable;
using Toe.Emulated.Links;
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
                if (TryAttach(link, host, out var reason) is { } network)
                    _cards.Add(link, new EmulatedCard(link.Card, network, host.Time));
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

    private static ICardNetwork? TryAttach(EmulatedLinkOptions link, IProviderHost host, out ToeReason reason)
    {
        reason = ToeReason.None;
        switch (link)
        {
            case EmulatedFabricOptions fabric:
                var port = fabric.Fabric.Attach();
                return new FabricNetwork(fabric.Fabric, port, Wrap(port, link, host));
            case EmulatedTapOptions tap when OperatingSystem.IsLinux():
                try
                {
                    var device = Linux.TapDevice.Attach(tap.Device);
                    var options = new TapLinkOptions { Addresses = tap.Addresses, Gateways = tap.Gateways, NeighborLimit = tap.Card.Profile.Neighbours, Offloads = tap.Offloads && tap.Faults is null };
                    var tapLink = new TapLink(device, options, host.Time);
                    return new TapNetwork(tap.Device, tapLink, Wrap(tapLink, link, host), tap.Addresses, tap.Gateways);
                }
                catch (LinuxException exception)
                {
                    reason = (exception.ErrorName is "EPERM" or "EACCES" ? ToeReasons.EnvironmentPrivilege : ToeReasons.EnvironmentDevice)
                        .With(exception.Message);
                    return null;
                }

            default:
                reason = ToeReasons.EnvironmentOperatingSystem.With("TAP devices are Linux's");
                return null;
        }
    }

    /// <summary>The capture outside, since it shows what the engine sees.</summary>
    private static ILink Wrap(ILink link, EmulatedLinkOptions options, IProviderHost host) =>
        CaptureFile.Wrap(WithFaults(link, options, host.Time), options, host);

    private static ILink WithFaults(ILink link, EmulatedLinkOptions options, TimeProvider time) =>
        options.Faults is { } faults ? new FaultInjectingLink(link, faults, faults with { Seed = faults.Seed + 1 }, time) : link;
}
