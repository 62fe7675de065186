using System.Net;

namespace Toe.Conformance;

/// <summary>An adapter with a defect, or whose connections have it.</summary>
internal class BrokenAdapter(IToeAdapter adapter, IReadOnlyList<IToeAdapter> all, Defect defect) : IToeAdapter
{
    private const int Tired = 60;
    private const int FirstPort = 40_000;

    private readonly string _random = Guid.NewGuid().ToString("N");
    private readonly HashSet<BrokenSocket> _sockets = [];
    private IAdapterEvents? _events;
    private int _refreshes;
    private int _refreshing;
    private int _opened;
    private readonly List<byte[]> _kept = [];
    private readonly HashSet<string> _firmware = new(StringComparer.Ordinal);
    private int _disposals;
    private int _counted;
    private int _atWork;
    private int _accepted;
    private bool _isSulking;

    public AdapterIdentity Identity
    {
        get
        {
            var identity = adapter.Identity;
            return defect switch
            {
                Defect.DoubleIds => identity with { Id = all[1].Identity.Id },
                Defect.ForeignId => identity with { Id = "other:1" },
                Defect.WrongProvider => identity with { Provider = "other" },
                Defect.NoModel => identity with { Model = "" },
                Defect.UnknownEvidence => identity with { Evidence = (EvidenceLevel)9 },
                Defect.ChangingIdentity => identity with { Id = $"{identity.Id}-{_refreshes}" },
                Defect.NullInterfaces => identity with { Interfaces = null! },
                Defect.RandomId => identity with { Id = identity.Id + _random },
                Defect.NewIdWhenBack => identity with { Id = $"{identity.Id}-{HasFailed}" },
                _ => identity,
            };
        }
    }

    /// <summary>True from its first failure on.</summary>
    public bool HasFailed { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>True when one of its connections could not send.</summary>
    public bool IsStuck { get; set; }

    /// <summary>A byte that a connection did not read.</summary>
    public byte? LeftByte { get; set; }

    public AdapterStatus Status
    {
        get
        {
            if (defect == Defect.SlowStatus)
                Thread.SpinWait(200_000);
            return Break(adapter.Status);
        }
    }

    /// <summary>With the inner adapter's optional interfaces.</summary>
    public static BrokenAdapter Around(IToeAdapter adapter, IReadOnlyList<IToeAdapter> all, Defect defect) =>
        adapter is IImportsState and ICapturesPackets && defect != Defect.ClaimsImports ? new BrokenFullAdapter(adapter, all, defect) : new BrokenAdapter(adapter, all, defect);

    /// <summary>Refuses everything from now on.</summary>
    public void Sulk() => _isSulking = true;

    public int Count() => Interlocked.Increment(ref _counted);

    public void Keep(byte[] bytes)
    {
        lock (_kept)
            _kept.Add(bytes);
    }

    /// <summary>Answers whoever comes second with an excuse.</summary>
    public async ValueTask<T> OneAtATimeAsync<T>(Func<Task<T>> work, Func<T> excuse)
    {
        try
        {
            if (Interlocked.Increment(ref _atWork) > 1)
                return excuse();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
            return await work();
        }
        finally
        {
            Interlocked.Decrement(ref _atWork);
        }
    }

    public async ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        if (defect == Defect.RefreshThrowsWhenFailed && HasFailed)
            throw new InvalidOperationException("The card does not answer.");
        if (defect == Defect.DeafRefresh && cancellationToken.IsCancellationRequested)
            await new TaskCompletionSource().Task;
        if (defect == Defect.SingleRefresh)
        {
            if (Interlocked.Increment(ref _refreshing) > 1)
                throw new InvalidOperationException("It is read already.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            Interlocked.Decrement(ref _refreshing);
        }

        var status = await adapter.RefreshAsync(cancellationToken);
        _refreshes++;
        return defect == Defect.StaleStatus ? status with { Health = AdapterHealth.Degraded, Reason = ToeReasons.HealthLinkDown } : Break(status);
    }

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host) => defect == Defect.ReachesNobody ? ToeReasons.RouteNone : adapter.Reaches(local, remote, host);

    public ToeReason Serves(IPAddress local) => defect == Defect.ServesNothing ? ToeReasons.RouteLocalAddress : adapter.Serves(local);

    public void Subscribe(IAdapterEvents events)
    {
        _events = events;
        if (defect != Defect.SilentFailure)
            adapter.Subscribe(new Hearing(this, events));
    }

    public async ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        if (defect == Defect.DeafOpen && cancellationToken.IsCancellationRequested)
            await new TaskCompletionSource().Task;
        if (defect == Defect.HangsInOpen)
            await new TaskCompletionSource().Task;
        if (defect == Defect.ThrowsInOpen)
            throw new InvalidOperationException("It does not want to.");
        if (defect == Defect.ThrowsOnOptions && request.Options.CongestionControl is "")
            throw new InvalidOperationException("What is that?");
        if (_isSulking || (defect == Defect.StaysDown && HasFailed) || (defect == Defect.TiresSoon && _opened >= Tired))
            return OpenResult.Refused(ToeReasons.ResourceOther);
        if (defect == Defect.OpensOneAtATime)
            return await OneAtATimeAsync(async () => await OpenBrokenAsync(request, events, cancellationToken), static () => default);
        return await OpenBrokenAsync(request, events, cancellationToken);
    }

    public async ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken)
    {
        if (defect == Defect.DeafListen && cancellationToken.IsCancellationRequested)
            await new TaskCompletionSource().Task;
        if (defect == Defect.RefusesIPv6 && request.Local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            return ListenResult.Refused(ToeReasons.CapabilityAddressFamily);
        var broken = new BrokenListenerEvents(events, WrapAccepted, defect);
        var result = await adapter.ListenAsync(request, broken, cancellationToken);
        if (defect == Defect.SharesPorts && result.Refusal.Is(ToeReasons.RouteTupleInUse))
            return ListenResult.Listening(new BrokenListener(inner: null, broken, defect) { EndPoint = request.Local });
        if (defect == Defect.SilentListenOptions)
            result = result with { Downgrades = null };
        if (defect == Defect.AlwaysDowngradesListen)
            result = result with { Downgrades = [ToeReasons.CapabilitySocketOption] };
        if (defect == Defect.RefusesOddlyWhenFull && !result.Refusal.IsNone)
            result = ListenResult.Refused(ToeReasons.ResourceOther);
        return result.Listener is { } listener ? result with { Listener = new BrokenListener(listener, broken, defect) } : result;
    }

    public async ValueTask DisposeAsync()
    {
        ObjectDisposedException.ThrowIf(defect == Defect.AdapterDisposesOnce && ++_disposals > 1, this);
        if (defect == Defect.DisposeThrowsWhenFailed && HasFailed)
            throw new InvalidOperationException("The card does not answer.");
        if (defect == Defect.AdapterThrowsWithConnections && _opened > 0 && !IsDisposed)
            throw new InvalidOperationException("Connections are open.");
        IsDisposed = true;
        await adapter.DisposeAsync();
        if (defect == Defect.TalksAfterDisposal && _events is { } events)
            _ = Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System).ContinueWith(_ => events.StatusChanged(Status), TaskScheduler.Default);
    }

    private async Task<OpenResult> OpenBrokenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        if (defect == Defect.RefusesIPv6 && request.Remote.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            return OpenResult.Refused(ToeReasons.CapabilityAddressFamily);
        if (defect == Defect.RefusesIPv6Oddly && request.Remote.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            return OpenResult.Refused(ToeReasons.ResourceOther);
        Interlocked.Increment(ref _opened);
        var asked = defect switch
        {
            Defect.IgnoresLocal => request with { Local = null },
            Defect.IgnoresOptions => request with { Options = ToeSocketOptions.Default },
            Defect.PortsInOrder => request with { Local = new IPEndPoint(request.Remote.Address, FirstPort + _opened) },
            _ => request,
        };
        var broken = new BrokenSocketEvents(events, defect);
        var result = await adapter.OpenAsync(asked, broken, cancellationToken);
        if (result.Socket is not { } inner)
            return defect is Defect.RefusesOddlyWhenFailed or Defect.RefusesOddlyWhenFull or Defect.OddLinkDown ? OpenResult.Refused(ToeReasons.ResourceOther) : result;
        var socket = Wrap(inner, broken);
        if (defect == Defect.ConnectsAtOpen)
            _ = socket.ConnectAsync(CancellationToken.None).AsTask();
        if (defect == Defect.ConnectsTwice && (await adapter.OpenAsync(request, new BrokenSocketEvents(new SocketEventLog(), defect), cancellationToken)).Socket is { } second)
            socket.Twin = second;
        return defect switch
        {
            Defect.SilentOptions => result with { Socket = socket, Downgrades = null },
            Defect.BothAnswers => result with { Socket = socket, Refusal = ToeReasons.ResourceOther },
            Defect.OddDowngrade => result with { Socket = socket, Downgrades = [ToeReasons.ResourceOther] },
            Defect.AlwaysDowngrades => result with { Socket = socket, Downgrades = [ToeReasons.CapabilitySocketOption] },
            _ => result with { Socket = socket },
        };
    }

    private BrokenSocket WrapAccepted(IToeAdapterSocket inner, BrokenSocketEvents events)
    {
        Interlocked.Increment(ref _accepted);
        return Wrap(inner, events);
    }

    private BrokenSocket Wrap(IToeAdapterSocket inner, BrokenSocketEvents events)
    {
        var socket = defect switch
        {
            Defect.PeekTakes or Defect.LendsAnotherStream or Defect.CommitsNothing => new LendingSocket(inner, events, this, defect),
            Defect.HidesExports => new BrokenSocket(inner, events, this, defect),
            _ when inner is IExportsState => new BrokenExportingSocket(inner, events, this, defect),
            _ => new BrokenSocket(inner, events, this, defect),
        };
        lock (_sockets)
        {
            if (defect == Defect.MixesConnections)
                socket.Neighbour = _sockets.FirstOrDefault();
            _sockets.Add(socket);
        }

        return socket;
    }

    private AdapterStatus Break(AdapterStatus status)
    {
        var (capabilities, features) = (status.Capabilities, status.Capabilities.Features);
        return defect switch
        {
            Defect.UnknownHealth => status with { Health = (AdapterHealth)77, Reason = ToeReasons.HealthFailed },
            Defect.IllWithoutReason => status with { Health = AdapterHealth.Degraded, Reason = ToeReason.None },
            Defect.NoRung => status with { Rung = "" },
            Defect.VersionWithoutText => status with { FirmwareText = null, Firmware = new FirmwareVersion(1) },
            Defect.BlankFirmware => status with { FirmwareText = " ", Firmware = null },
            Defect.DoubleParts => status with { FirmwareParts = [new FirmwarePart("phy", null, null), new FirmwarePart("phy", null, null)] },
            Defect.ChangingFirmware => status with { FirmwareText = $"1.0.0.{_refreshes}", Firmware = new FirmwareVersion(1, 0, 0, (uint)_refreshes) },
            Defect.UnknownFeature => status with { Capabilities = capabilities with { Features = features with { Value = features.Value | (AdapterFeatures)0x4000 } } },
            Defect.NoFamily => With(features.Value & ~(AdapterFeatures.IPv4 | AdapterFeatures.IPv6)),
            Defect.ClaimsImports => With(features.Value | AdapterFeatures.ImportsState),
            Defect.HidesActiveOpen => With(features.Value & ~AdapterFeatures.ActiveOpen),
            Defect.HidesPassiveOpen => With(features.Value & ~AdapterFeatures.PassiveOpen),
            Defect.HidesIPv4 => With(features.Value & ~AdapterFeatures.IPv4),
            Defect.StaleFirmware when status.FirmwareText is { } text => Stale(text),
            Defect.LeaksAccepted => Tables(budget => budget with { Used = Math.Min(budget.Limit, budget.Used + _accepted) }),
            Defect.LeaksWhenBack when HasFailed => Tables(static budget => budget with { Used = Math.Min(budget.Limit, budget.Used + 1) }),
            Defect.RefusesIPv6Oddly => With(features.Value & ~AdapterFeatures.IPv6),
            Defect.FactWithoutSource => status with { Capabilities = capabilities with { Features = features with { Source = (FactSource)5 } } },
            Defect.NamelessTable => Tables(static budget => budget with { Table = "" }),
            Defect.WrongExhaustion => Tables(static budget => budget with { Exhausted = ToeReasons.PolicyForbidden }),
            Defect.OverfullTable => Tables(static budget => budget with { Used = budget.Limit + 1 }),
            Defect.NegativeCost => Tables(static budget => budget with { ListenerCost = -1 }),
            Defect.LimitWithoutSource => Tables(static budget => budget with { Source = (FactSource)5 }),
            Defect.LeaksEntries => Tables(budget => budget with { Used = Math.Min(budget.Limit, budget.Used + _opened) }),
            Defect.CostsNothing => Tables(static budget => budget with { Used = 0 }),
            _ => status,
        };

        AdapterStatus With(AdapterFeatures value) => status with { Capabilities = capabilities with { Features = features with { Value = value } } };

        AdapterStatus Stale(string text)
        {
            lock (_firmware)
            {
                _firmware.Add(text);
                return status with { FirmwareText = _firmware.First() };
            }
        }

        AdapterStatus Tables(Func<ToeBudget, ToeBudget> change) => status with { Budgets = [.. status.Budgets.Select(change)] };
    }

    /// <summary>Hears what the subscriber does.</summary>
    private sealed class Hearing(BrokenAdapter owner, IAdapterEvents events) : IAdapterEvents
    {
        public void StatusChanged(AdapterStatus status)
        {
            owner.HasFailed |= status.Health == AdapterHealth.Failed;
            events.StatusChanged(status);
        }
    }
}
