using System.Net;

namespace Toe.Conformance;

/// <summary>An adapter with a defect, or whose connections have it.</summary>
internal class BrokenAdapter(IToeAdapter adapter, IReadOnlyList<IToeAdapter> all, Defect defect) : IToeAdapter
{
    private readonly string _random = Guid.NewGuid().ToString("N");
    private readonly HashSet<BrokenSocket> _sockets = [];
    private IAdapterEvents? _events;
    private int _refreshes;
    private int _refreshing;
    private int _opened;
    private int _disposals;
    private bool _hasFailed;

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
                Defect.NewIdWhenBack => identity with { Id = $"{identity.Id}-{_hasFailed}" },
                _ => identity,
            };
        }
    }

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

    public async ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken)
    {
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

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host) => adapter.Reaches(local, remote, host);

    public ToeReason Serves(IPAddress local) => adapter.Serves(local);

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
        if (defect == Defect.RefusesIPv6Oddly && request.Remote.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            return OpenResult.Refused(ToeReasons.ResourceOther);
        Interlocked.Increment(ref _opened);
        var asked = defect == Defect.IgnoresLocal ? request with { Local = null } : request;
        var broken = new BrokenSocketEvents(events, defect);
        var result = await adapter.OpenAsync(asked, broken, cancellationToken);
        if (result.Socket is not { } inner)
            return defect == Defect.RefusesOddlyWhenFailed ? OpenResult.Refused(ToeReasons.ResourceOther) : result;
        var socket = Wrap(inner, broken);
        if (defect == Defect.ConnectsAtOpen)
            _ = socket.ConnectAsync(CancellationToken.None).AsTask();
        if (defect == Defect.ConnectsTwice && (await adapter.OpenAsync(request, new BrokenSocketEvents(new SocketEventLog(), defect), cancellationToken)).Socket is { } second)
            socket.Twin = second;
        return defect switch
        {
            Defect.SilentOptions => result with { Socket = socket, Downgrades = null },
            Defect.BothAnswers => result with { Socket = socket, Refusal = ToeReasons.ResourceOther },
            Defect.AlwaysDowngrades => result with { Socket = socket, Downgrades = [ToeReasons.CapabilitySocketOption] },
            _ => result with { Socket = socket },
        };
    }

    public async ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken)
    {
        var broken = new BrokenListenerEvents(events, Wrap, defect);
        var result = await adapter.ListenAsync(request, broken, cancellationToken);
        if (defect == Defect.SharesPorts && result.Refusal.Is(ToeReasons.RouteTupleInUse))
            return ListenResult.Listening(new BrokenListener(inner: null, broken, defect) { EndPoint = request.Local });
        if (defect == Defect.SilentListenOptions)
            result = result with { Downgrades = null };
        return result.Listener is { } listener ? result with { Listener = new BrokenListener(listener, broken, defect) } : result;
    }

    public async ValueTask DisposeAsync()
    {
        ObjectDisposedException.ThrowIf(defect == Defect.AdapterDisposesOnce && ++_disposals > 1, this);
        await adapter.DisposeAsync();
        if (defect == Defect.TalksAfterDisposal && _events is { } events)
            _ = Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System).ContinueWith(_ => events.StatusChanged(Status), TaskScheduler.Default);
    }

    private BrokenSocket Wrap(IToeAdapterSocket inner, BrokenSocketEvents events)
    {
        var socket = inner is IExportsState ? new BrokenExportingSocket(inner, events, defect) : new BrokenSocket(inner, events, defect);
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

        AdapterStatus Tables(Func<ToeBudget, ToeBudget> change) => status with { Budgets = [.. status.Budgets.Select(change)] };
    }

    /// <summary>Hears what the subscriber does.</summary>
    private sealed class Hearing(BrokenAdapter owner, IAdapterEvents events) : IAdapterEvents
    {
        public void StatusChanged(AdapterStatus status)
        {
            owner._hasFailed |= status.Health == AdapterHealth.Failed;
            events.StatusChanged(status);
        }
    }
}
