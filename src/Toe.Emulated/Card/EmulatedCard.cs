using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>A software TOE card: the TCP engine on one link, behind tables with limits, firmware and faults. The test double for applications, and a carrier in its own right.</summary>
/// <remarks>
/// <para>Made by <see cref="EmulatedProvider"/>, which owns it and shows it in <see cref="EmulatedProvider.Cards"/> after discovery.</para>
/// <para>As a test double: <see cref="LoadFirmware"/>, <see cref="Crash"/>, <see cref="Hang"/>, <see cref="Remove"/>, <see cref="ResetAsync"/>,
/// <see cref="SetLinkUp"/>, <see cref="SetDegraded"/>, <see cref="TablesFull"/>, <see cref="ControlDelay"/>, <see cref="DoubleEvents"/> and
/// <see cref="AtBytes"/> do to the card what happens to cards, from any thread and in any order. <see cref="CardProfile"/> sets its limits. What it
/// pretends never changes how TCP runs.</para>
/// </remarks>
/// <example>
/// What does the application do when the card dies in the middle of its work?
/// <code>
/// var provider = new EmulatedProvider();
/// await using var stack = ToeStack.Create(builder =&gt; builder.AddEmulated(provider));
/// await stack.StartAsync();
/// provider.Cards[0].AtBytes(100_000, static card =&gt; card.Crash());
/// </code>
/// </example>
public sealed partial class EmulatedCard : IToeAdapter, IImportsState, ICapturesPackets
{
    private readonly EmulatedCardOptions _options;
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly int[] _neighbours;
    private ImmutableHashSet<CardListener> _listeners = [];
    private IAdapterEvents? _events;
    private StatusSnapshot? _snapshot;
    private int _generation;
    private int _version;
    private int _announcements;

    internal EmulatedCard(EmulatedCardOptions options, ICardNetwork network, TimeProvider time)
    {
        _options = options;
        _time = time;
        Network = network;
        Tables = new CardTables(options.Profile);
        _firmware = options.Profile.Firmware;
        Identity = new AdapterIdentity
        {
            Id = "emulated:" + options.Name,
            Provider = EmulatedProvider.ProviderName,
            Model = options.Profile.Model,
            Evidence = EvidenceLevel.E3,
            Location = network.Links.Count == 1 ? network.Location : $"{network.Location}, {network.Links.Count} threads",
        };
        Tables.Eased += Announce;
        foreach (var link in network.Links)
            link.StateChanged += _ => Announce();
        _neighbours = new int[network.Links.Count];
        Shards = new CardShards(network.Sharding, index => new CardLoop(index, network.Links[index], host => CreateEngine(host, index), time, options.Name)
        {
            Processor = options.Processors.Count == 0 ? null : options.Processors[index % options.Processors.Count],
            BusyPoll = options.BusyPoll,
            Declined = packet => Network.GiveToHost(index, packet),
            AfterTurn = AfterTurn,
            Failed = ProcessorFailed,
        });
        network.FragmentArrived += OnFragment;
        Shards.Start();
    }

    /// <inheritdoc/>
    public AdapterIdentity Identity { get; }

    /// <inheritdoc/>
    public AdapterStatus Status
    {
        get
        {
            var snapshot = Volatile.Read(ref _snapshot);
            var version = Version();
            if (snapshot is null || snapshot.Version != version)
                Volatile.Write(ref _snapshot, snapshot = new StatusSnapshot(version, ReadStatus()));
            return snapshot.Status;
        }
    }

    /// <summary>The links that carry the card's packets: one for each of <see cref="EmulatedCardOptions.Shards"/>.</summary>
    public IReadOnlyList<ILink> Links => Network.Links;

    private static ToeReason OnlyEstablished => ToeReasons.CapabilityModel.With("the card takes established connections only");

    private bool IsLinkUp
    {
        get
        {
            foreach (var link in Network.Links)
            {
                if (!link.IsUp)
                    return false;
            }

            return true;
        }
    }

    private OffloadModel Model => _options.Profile.OffloadModel;

    internal ICardNetwork Network { get; }

    internal CardTables Tables { get; }

    internal CardShards Shards { get; }

    /// <summary>Sockets that the application holds.</summary>
    internal ConcurrentDictionary<CardSocket, bool> Sockets { get; } = new();

    /// <summary>What connections hold, those included that only the engine still knows.</summary>
    internal ConcurrentDictionary<CardClaim, bool> Claims { get; } = new();

    /// <summary>Counts resets; what belongs to an earlier generation is gone.</summary>
    internal int Generation => Volatile.Read(ref _generation);

    /// <inheritdoc/>
    public async ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken).ConfigureAwait(false);
        // The loops themselves must answer: a card whose processor hangs is found by this.
        if (!IsDead)
            await Shards.AnswerAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return Status;
    }

    /// <inheritdoc/>
    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host)
    {
        ArgumentNullException.ThrowIfNull(remote);
        return RefusalNow() is { IsNone: false } refusal ? refusal : Network.Reaches(local, remote, host); // Its listeners died with it: "nobody listens" would not be the reason.
    }

    /// <inheritdoc/>
    public ToeReason Serves(IPAddress local)
    {
        ArgumentNullException.ThrowIfNull(local);
        return Network.Serves(local);
    }

    /// <inheritdoc/>
    public void Subscribe(IAdapterEvents events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (Interlocked.CompareExchange(ref _events, events, null) is not null)
            throw new InvalidOperationException("The card has a subscriber already.");
    }

    /// <inheritdoc/>
    public async ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await AnswerAsync(cancellationToken).ConfigureAwait(false);
        var generation = Generation;
        if (RefusalNow() is { IsNone: false } refusal)
            return OpenResult.Refused(refusal);
        if (Model == OffloadModel.EstablishedState)
            return OpenResult.Refused(OnlyEstablished);
        if (!HasFamily(request.Remote.AddressFamily))
            return OpenResult.Refused(ToeReasons.CapabilityAddressFamily.With($"the card has no {request.Remote.AddressFamily} address"));
        // Where the host's routes decide the stack has asked already.
        if (Network.Addresses != AddressModel.SharedWithHost && Network.Reaches(request.Local?.Address, request.Remote, host: null) is { IsNone: false } unreachable)
            return OpenResult.Refused(unreachable);
        if (Network.Addresses == AddressModel.SharedWithHost && request.Local is { } wanted && Network.Serves(wanted.Address) is { IsNone: false } foreign)
            return OpenResult.Refused(foreign);
        var downgrades = new List<ToeReason>();
        var options = Translate(request.Options, downgrades);
        if (LocalFor(request) is not { } local)
            return OpenResult.Refused(ToeReasons.RouteNone);
        if (Tables.TryTakeConnection(request.Remote.AddressFamily, MemoryOf(options), out var entry) is { IsNone: false } full)
            return OpenResult.Refused(full);
        var loop = local.Port == 0 ? Shards.Next() : Shards.Of(local, request.Remote);
        return OpenResult.Opened(NewSocket(loop, generation, local, request.Remote, options, new CardClaim(this, entry!), events), downgrades);
    }

    /// <inheritdoc/>
    public async ValueTask<ListenResult> ListenAsync(
        AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(events);
        await AnswerAsync(cancellationToken).ConfigureAwait(false);
        var generation = Generation;
        if (RefusalNow() is { IsNone: false } refusal)
            return ListenResult.Refused(refusal);
        if (Model == OffloadModel.EstablishedState)
            return ListenResult.Refused(OnlyEstablished);
        if (!HasFamily(request.Local.AddressFamily))
            return ListenResult.Refused(ToeReasons.CapabilityAddressFamily.With($"the card has no {request.Local.AddressFamily} address"));
        if (Network.Serves(request.Local.Address) is { IsNone: false } elsewhere)
            return ListenResult.Refused(elsewhere);
        var downgrades = new List<ToeReason>();
        var options = Translate(request.Options, downgrades);
        options.ResetWhenNotAdmitted = Network.Addresses != AddressModel.SharedWithHost;
        if (Tables.TryTakeListener(out var entry) is { IsNone: false } full)
            return ListenResult.Refused(full);
        var listener = new CardListener(this, generation, request.Local, events, options, entry!);
        try
        {
            // Not under the caller's token: what has begun is either returned or taken back.
            var refused = await StartAsync(listener, request.Backlog).ConfigureAwait(false);
            if (refused.IsNone)
                return ListenResult.Listening(listener, downgrades);
            await listener.DisposeAsync().ConfigureAwait(false); // Some loops may have begun.
            return ListenResult.Refused(refused);
        }
        catch
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Unhang();
        Shards.Dispose();
        lock (_lock)
            (_dead, _health, _reason) = (true, AdapterHealth.Removed, ToeReasons.HealthRemoved.With("the card was disposed"));
        Interlocked.Increment(ref _version);
        Forget();
        return ValueTask.CompletedTask;
    }

    private bool HasFamily(AddressFamily family) => (Network.Families & (family == AddressFamily.InterNetworkV6 ? AdapterFeatures.IPv6 : AdapterFeatures.IPv4)) != AdapterFeatures.None;

    /// <summary>What a connection's buffers take of the card's memory.</summary>
    internal static long MemoryOf(TcpSocketOptions options) => (long)options.SendBufferSize + options.ReceiveBufferSize;

    internal void Forget(CardListener listener) => ImmutableInterlocked.Update(ref _listeners, static (set, item) => set.Remove(item), listener);

    private TcpEngine CreateEngine(ITcpEngineHost host, int shard)
    {
        var options = _options.Engine.Copy();
        var link = Network.Links[shard];
        options.MaximumTransmissionUnit = Math.Min(link.Mtu, ushort.MaxValue);
        options.ChecksumOffload = link.Offloads.Checksum;
        options.SegmentationLimit = link.Offloads.MaximumPacket > link.Mtu ? link.Offloads.MaximumPacket : 0;
        // Where the host has the address too it may answer what the card does not.
        var isShared = Network.Addresses == AddressModel.SharedWithHost;
        options.SynCookies &= !isShared;
        options.ResetUnknownSegments &= !isShared;
        // A connection in TIME-WAIT keeps its entry, and those that are over must not keep out those to come.
        options.MaximumTimeWait = Math.Clamp(_options.Profile.Connections / _options.Profile.ConnectionEntriesIPv6 / 4, 1, options.MaximumTimeWait);
        if (Network.Links.Count > 1)
            ShareOut(options, new FlowShard(Network.Sharding, shard));
        return new TcpEngine(options, host);
    }

    /// <summary>Gives an engine its part of the flows, and of the limits.</summary>
    private static void ShareOut(TcpEngineOptions options, FlowShard shard)
    {
        TcpEngineOptions.Validate(options); // Before what is out of range is made to fit.
        var count = shard.Sharding.Count;
        options.Shard = shard;
        options.MaximumTimeWait = Math.Max(1, options.MaximumTimeWait / count);
        options.MaximumHalfOpen = Math.Max(1, options.MaximumHalfOpen / count);
        options.MaximumBufferMemory = Math.Max(2 * SlabPool.DefaultSlabSize, options.MaximumBufferMemory / count);
    }

    /// <summary>The socket that this card's connections have.</summary>
    internal CardSocket NewSocket(
        CardLoop loop, int generation, IPEndPoint local, IPEndPoint remote, TcpSocketOptions options, CardClaim claim, IAdapterSocketEvents? events) =>
        _options.Profile.MovesConnections
            ? new ExportingCardSocket(this, loop, generation, local, remote, options, claim, events)
            : new CardSocket(this, loop, generation, local, remote, options, claim, events);

    private IPEndPoint? LocalFor(OpenRequest request)
    {
        if (request.Local is { } wanted && !wanted.Address.Equals(IPAddress.Any) && !wanted.Address.Equals(IPAddress.IPv6Any))
            return wanted;
        return Network.SourceFor(request.Remote.Address) is { } source ? new IPEndPoint(source, request.Local?.Port ?? 0) : null;
    }

    private async Task<ToeReason> StartAsync(CardListener listener, int backlog)
    {
        if (await listener.StartAsync(backlog).ConfigureAwait(false) is { IsNone: false } refused)
            return refused;
        ImmutableInterlocked.Update(ref _listeners, static (set, item) => set.Add(item), listener);
        if (listener.Generation == Generation && !IsDead)
            return ToeReason.None;
        // It died meanwhile, and told those listeners that it knew.
        return RefusalNow() is { IsNone: false } reason ? reason : ToeReasons.HealthFailed.With("the card was reset");
    }

    internal TcpSocketOptions Translate(ToeSocketOptions options, List<ToeReason> downgrades)
    {
        var reno = "reno".Equals(options.CongestionControl, StringComparison.OrdinalIgnoreCase);
        if (!reno && options.CongestionControl is { } algorithm && !algorithm.Equals("cubic", StringComparison.OrdinalIgnoreCase))
            downgrades.Add(ToeReasons.CapabilityCongestionControl.With($"{algorithm}: the engine has cubic and reno"));
        var translated = new TcpSocketOptions
        {
            NoDelay = options.NoDelay,
            KeepAlive = options.KeepAlive,
            ReceiveBufferSize = Math.Clamp(options.ReceiveBuffer ?? _options.BufferSize, 1, TcpSocketOptions.MaximumBufferSize),
            SendBufferSize = Math.Clamp(options.SendBuffer ?? _options.BufferSize, 1, TcpSocketOptions.MaximumBufferSize),
            TrafficClass = options.TrafficClass ?? 0,
            CongestionControl = reno ? TcpCongestionControl.Reno : TcpCongestionControl.Cubic,
        };
        if (options.UserTimeout is { } timeout)
            translated.UserTimeout = timeout;
        if (translated.ReceiveBufferSize < options.ReceiveBuffer || translated.SendBufferSize < options.SendBuffer)
            downgrades.Add(ToeReasons.CapabilityBufferSize.With($"at most {TcpSocketOptions.MaximumBufferSize} bytes"));
        return translated;
    }

    private AdapterStatus ReadStatus()
    {
        string? firmware;
        AdapterHealth health;
        ToeReason reason;
        lock (_lock)
        {
            firmware = _firmware;
            health = _health;
            reason = _reason;
        }

        if (health == AdapterHealth.Healthy && !IsLinkUp)
            (health, reason) = (AdapterHealth.Degraded, ToeReasons.HealthLinkDown); // TCP lives through a loss of the link; new connections are refused by the route.
        var features = Network.Families;
        if (Model == OffloadModel.FullConnection)
            features |= AdapterFeatures.ActiveOpen | AdapterFeatures.PassiveOpen | AdapterFeatures.AdmitsAtSyn;
        if (_options.Profile.MovesConnections)
            features |= AdapterFeatures.ImportsState | (TellsStates ? AdapterFeatures.ExportsState : AdapterFeatures.None);
        var bypasses = Network.Addresses switch
        {
            // What a TAP link sends is another machine's to the host, which forwards it by all of its rules; only programs on the sockets of a control group see none.
            AddressModel.Own => HostBypass.CgroupBpf,
            // Steered before the filters on the way in, redirected behind them on the way out, and queued with all else.
            AddressModel.SharedWithHost => HostBypass.NetfilterIn | HostBypass.NetfilterOut | HostBypass.Conntrack | HostBypass.CgroupBpf | HostBypass.Xfrm,
            _ => HostBypass.None,
        };
        return new AdapterStatus(
            health, firmware, firmware is null ? null : _options.Profile.Grammar(firmware),
            new AdapterCapabilities(Model, Network.Addresses, Facts.Queried(bypasses), Facts.Queried(features)),
            Tables.Read(Network.Addresses == AddressModel.Own ? _neighbours.Max() : null))
        {
            Reason = reason,
            Rung = health is AdapterHealth.Healthy or AdapterHealth.Degraded ? "ToeActive" : "NotAttached",
        };
    }

    private long Version() => ((long)Tables.Version << 32) + Volatile.Read(ref _version);

    private void AfterTurn(CardLoop loop)
    {
        ref var known = ref _neighbours[loop.Index];
        if (Network.NeighbourCount(loop.Index) is { } count && count != known)
        {
            Volatile.Write(ref known, count);
            Interlocked.Increment(ref _version);
        }

        RunScript();
    }

    private void ProcessorFailed(Exception exception)
    {
        if (!_dead)
            Die(AdapterHealth.Failed, ToeReasons.HealthFailed.With($"the card's processor failed: {exception.GetType().Name}: {exception.Message}"));
    }

    private sealed record StatusSnapshot(long Version, AdapterStatus Status);
}
